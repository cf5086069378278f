#pragma once
// The metre of a song that is rendered from a score.

#include <limits>
#include <optional>

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"
#include "score/score.h"

namespace terpsi::score {

// The score's beats and bars. `spectral`: of render(score), or of its part from `from` to `to` seconds. Beats
// that the notes contradict are shifted (score/alignment.h). Where bars have one beat (1/4, a default of some
// programs) the downbeats are tracked in the sound. Nothing where the score has no metre.
std::optional<audio::Metre> written_metre(const Score& score, const audio::SpectralFeatures& spectral,
                                          double from = 0,
                                          double to = std::numeric_limits<double>::infinity());

}  // namespace terpsi::score
