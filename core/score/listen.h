#pragma once
// From a score to what the program knows about any song: heard as it sounds, counted as it is written.

#include <limits>
#include <optional>

#include "audio/count/metre.h"
#include "audio/describe/analysis.h"
#include "audio/hear/spectral_features.h"
#include "audio/pcm.h"
#include "base/result.h"
#include "score/score.h"

namespace terpsi::score {

// Beats and bars of a song as its score has them. `spectral`: render(score), or its part from `from` to `to`
// seconds. Where the notes prove the beats wrong those are moved (score/alignment.h). Of a score whose bars
// have one beat (1/4, as some programs write for want of anything better) the bars are spectral. Nothing where
// the score has no metre: it is to be counted by ear, as any song.
std::optional<audio::Metre> written_metre(const Score& score, const audio::SpectralFeatures& spectral,
                                          double from = 0,
                                          double to = std::numeric_limits<double>::infinity());

// hear, written_metre (or classical_metre), describe. `pcm`: as above. Errors: those of audio::analyze.
Result<audio::MusicAnalysis> analyze_score(const Score& score, const audio::Pcm& pcm, double from = 0,
                                           double to = std::numeric_limits<double>::infinity());

}  // namespace terpsi::score
