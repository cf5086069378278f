#pragma once
// Which style suits a song, for "auto", and why.

#include <cstdint>
#include <string>
#include <string_view>

#include "audio/music.h"
#include "base/result.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

// The open models' styles, for songs without a model.
inline constexpr const char* kKnownStyles[] = {"balletjazz", "break",    "freestyle",  "hiphop", "house",
                                               "krump",      "lahiphop", "lock",       "modern", "pop",
                                               "pop_idol",   "salsa",    "streetjazz", "waack"};

struct StyleChoice {
  int style = 0;       // index into ModelInfo::styles
  int runner_up = -1;  // the second best; negative: there is none
  std::string reason;  // what decided, e.g. "soft attacks, in 3, 96 BPM"; then the runner-up in words
};

// How driving a song is, 0..1: share of strong onsets, and how loud it is on average compared with its
// loudest.
float drive(const audio::MusicAnalysis& music);

// What a style is danced to is written down in a table (style_choice.cpp) for the styles whose names are
// known there: tempo, metre and what audio::Character says, each with a weight. The style that misses least
// is chosen, the seed settles near ties. The reason names what speaks most for this style rather than the
// others. A model none of whose styles is known: the style whose tempo is nearest (in octaves; halving and
// doubling count as slightly worse) and whose magnitude ranks among the styles as the song's drive does.
// Precondition: the model has a style.
StyleChoice choose_style(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                         std::uint64_t seed);

// Index of a style by name ("auto" chooses). Errors: not_found naming the known styles; unsupported without
// any style.
Result<int> resolve_style(std::string_view name, const audio::MusicAnalysis& music,
                          const manifest::ModelInfo& model, std::uint64_t seed);

}  // namespace terpsi::generate
