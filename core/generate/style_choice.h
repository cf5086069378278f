#pragma once
// Which style suits a song, for "auto".

#include <cstdint>
#include <string_view>

#include "audio/analysis.h"
#include "base/result.h"
#include "generate/model_info.h"

namespace terpsi::generate {

// How driving a song is, 0..1: share of strong onsets, and how loud it is on average compared with its
// loudest.
float drive(const audio::MusicAnalysis& music);

// Index of the style whose tempo is nearest (in octaves; halving and doubling count as slightly worse) and
// whose magnitude ranks among the styles as the song's drive does; near ties are settled by the seed.
// Precondition: the model has a style.
int choose_style(const audio::MusicAnalysis& music, const ModelInfo& model, std::uint64_t seed);

// Index of a style by name ("auto" chooses). Errors: not_found naming the known styles; unsupported without
// any style.
Result<int> resolve_style(std::string_view name, const audio::MusicAnalysis& music, const ModelInfo& model,
                          std::uint64_t seed);

}  // namespace terpsi::generate
