#include "score/listen.h"

#include <algorithm>
#include <utility>

#include "audio/count/downbeat.h"
#include "score/alignment.h"

namespace terpsi::score {

std::optional<audio::Metre> written_metre(const Score& score, const audio::SpectralFeatures& spectral,
                                          double from, double to) {
  if (!score.has_metre) return std::nullopt;
  const double end = std::min(to, from + spectral.duration);
  audio::Metre metre = metre_between(aligned(score_metre(score, end), score), from, end);
  if (metre.beats_per_bar == 1) {
    audio::Downbeats bars = audio::track_downbeats(metre.beats, spectral.onset, spectral.chroma);
    metre.beats_per_bar = bars.beats_per_bar;
    metre.beat_in_bar = std::move(bars.beat_in_bar);
  }
  return metre;
}

}  // namespace terpsi::score
