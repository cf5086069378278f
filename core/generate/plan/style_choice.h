#pragma once
// Which style suits a song, for "auto", and why.

#include <cstdint>
#include <string>
#include <string_view>

#include "audio/music.h"
#include "base/result.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

struct StyleChoice {
  int style = 0;       // index into ModelInfo::styles
  int runner_up = -1;  // the second best; negative: there is none
  // What decided, e.g. "soft attacks, in 3, 96 BPM; next: waltz"; empty for a named style.
  std::string reason = {};
};

// How driving a song is, 0..1: mean of the share of strong onsets (0.25 and more count as 1) and the mean
// loudness.
float drive(const audio::MusicAnalysis& music);

// The style whose profile (style_profiles.h) fits tempo, metre and audio::Character at the least cost; the
// seed settles near ties. The reason names what speaks most for this style rather than the others. Of a model
// without any profiled style: the style whose tempo is nearest (in octaves; halving and doubling count as
// slightly worse) and whose magnitude ranks among the styles as the song's drive does. Precondition: the
// model has a style.
StyleChoice choose_style(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                         std::uint64_t seed);

// The style of that name; "auto" chooses. Errors: not_found naming the known styles; unsupported without any
// style.
Result<StyleChoice> resolve_style(std::string_view name, const audio::MusicAnalysis& music,
                                  const manifest::ModelInfo& model, std::uint64_t seed);

}  // namespace terpsi::generate
