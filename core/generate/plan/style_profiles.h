#pragma once
// What each style is danced to: the one table of styles. A new style is a row of it.

#include <string_view>
#include <vector>

#include "manifest/model_info.h"

namespace terpsi::generate {

// What audio::Character says of a song, each 0 to 1.
enum Trait { kPercussion, kEnergy, kBrightness, kBass, kTonality, kSwing, kFourFloor, kBackbeat, kLatin };
inline constexpr std::size_t kTraits = 9;

struct TraitRange {
  Trait trait;
  double low, high;  // what suits, 0 to 1
  double weight;
};

struct StyleProfile {
  std::string_view name;
  bool open;                // of the open corpus, so that every model of ours dances it
  double slowest, fastest;  // beats per minute that suit; half and double are allowed, at a cost
  double three;             // cost of a song in 3; negative: minus the cost of a song in 4
  double smooth;            // cost of a steady, drummed beat (for free dances), 0 for none
  std::vector<TraitRange> traits;
};

const std::vector<StyleProfile>& style_profiles();

// Null when there is none of that name.
const StyleProfile* style_profile(std::string_view name);

// A model without a network that knows the open styles, by name in ascending order: for songs without a
// model.
manifest::ModelInfo open_styles();

}  // namespace terpsi::generate
