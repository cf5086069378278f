#pragma once
// A score analysed as the program does it: spectral features of its sound, metre of the score.

#include <limits>
#include <utility>

#include "audio/count/classical_metre.h"
#include "audio/describe/analysis.h"
#include "score/listen.h"

namespace terpsi::score::testing {

// `pcm`: render(score), or its part from `from` to `to` seconds.
inline Result<audio::MusicAnalysis> analyze_score(const Score& score, const audio::Pcm& pcm, double from = 0,
                                                  double to = std::numeric_limits<double>::infinity()) {
  const auto spectral = audio::spectral_features(pcm);
  if (!spectral) return spectral.error();
  auto metre = written_metre(score, *spectral, from, to);
  return audio::describe(*spectral, metre ? std::move(*metre) : audio::classical_metre(*spectral));
}

}  // namespace terpsi::score::testing
