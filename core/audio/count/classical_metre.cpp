#include "audio/count/classical_metre.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "audio/count/beat.h"
#include "audio/count/downbeat.h"
#include "audio/count/tempo.h"

namespace terpsi::audio {

Metre classical_metre(const SpectralFeatures& spectral) {
  const std::vector<float> pulse = pulse_signal(spectral.onset);
  const TempoCurve curve = track_tempo(pulse);
  std::vector<MetricalLevel> levels = rank_metrical_levels(spectral.onset, pulse, curve);
  const double period = 60.0 / (levels.front().factor * curve.median());
  Metre metre;
  metre.beats = extend_beat_grid(std::move(levels.front().beats), period, spectral.duration);
  Downbeats bars = track_downbeats(metre.beats, spectral.onset, spectral.chroma);
  metre.beats_per_bar = bars.beats_per_bar;
  metre.beat_in_bar = std::move(bars.beat_in_bar);
  metre.bpm = 60.0 / period;
  metre.confidence = std::clamp((curve.strength - 0.05) / 0.5, 0.0, 1.0);
  return metre;
}

}  // namespace terpsi::audio
