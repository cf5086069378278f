#include "audio/describe/analysis.h"

#include <algorithm>
#include <utility>

#include "audio/count/classical_metre.h"
#include "audio/describe/character.h"
#include "audio/describe/eights.h"
#include "audio/describe/energy.h"
#include "audio/describe/features.h"
#include "audio/describe/moments.h"
#include "audio/describe/structure.h"
#include "base/limits.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

constexpr float kOnsetCeiling = 1.5f;  // of the 99th percentile

// Maximum of the three onset frames around each 30 fps frame, scaled to a 99th percentile of 1.
std::vector<float> onset_frames(const std::vector<float>& onset, std::size_t frames) {
  const auto last = static_cast<std::ptrdiff_t>(onset.size()) - 1;
  std::vector<float> out(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const auto centre = static_cast<std::ptrdiff_t>(i * kOnsetStride);
    float top = 0;
    for (std::ptrdiff_t t = centre - 1; t <= centre + 1; ++t) {
      top = std::max(top, onset[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(t, 0, last))]);
    }
    out[i] = top;
  }
  const float scale = std::max(quantile_lower(out, 0.99), 1e-3f);
  for (float& v : out) v = std::min(v / scale, kOnsetCeiling);
  return out;
}

// Tempo at each frame: the mean interval of the grid over +-2 beats, interpolated linearly between beats.
std::vector<float> grid_tempo(const std::vector<double>& beats, std::size_t frames, double fallback) {
  std::vector<float> tempo(frames, static_cast<float>(fallback));
  if (beats.size() < 2) return tempo;
  std::vector<double> bpm(beats.size());
  for (std::size_t k = 0; k < beats.size(); ++k) {
    const std::size_t from = k >= 2 ? k - 2 : 0, to = std::min(beats.size() - 1, k + 2);
    bpm[k] = 60.0 * static_cast<double>(to - from) / (beats[to] - beats[from]);
  }
  std::size_t k = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / limits::kFps;
    while (k + 2 < beats.size() && beats[k + 1] <= t) ++k;
    const double mix = std::clamp((t - beats[k]) / (beats[k + 1] - beats[k]), 0.0, 1.0);
    tempo[i] = static_cast<float>(bpm[k] + mix * (bpm[k + 1] - bpm[k]));
  }
  return tempo;
}

}  // namespace

MusicAnalysis describe(const SpectralFeatures& spectral, Metre metre) {
  MusicAnalysis music;
  music.duration = spectral.duration;
  music.frames = spectral.frames;
  music.waveform = spectral.waveform;
  music.loudness = spectral.loudness;
  music.onset = onset_frames(spectral.onset.whole, music.frames);
  music.beats = std::move(metre.beats);
  music.beat_in_bar = std::move(metre.beat_in_bar);
  music.beats_per_bar = metre.beats_per_bar;
  music.beat_confidence = metre.confidence;
  music.tempo = grid_tempo(music.beats, music.frames, metre.bpm);
  music.tempo_bpm = quantile(music.tempo, 0.5);

  std::vector<float> bands(music.frames * 3);
  const std::vector<float>* sources[] = {&spectral.onset.low, &spectral.onset.mid, &spectral.onset.high};
  for (std::size_t b = 0; b < 3; ++b) {
    const std::vector<float> band = onset_frames(*sources[b], music.frames);
    for (std::size_t i = 0; i < music.frames; ++i) bands[i * 3 + b] = band[i];
  }
  const std::vector<double> bars = downbeats(music);
  Structure structure =
      find_structure({spectral.mfcc, spectral.chroma, music.loudness, bands}, bars, music.duration);
  music.sections = std::move(structure.sections);
  music.novelty = std::move(structure.novelty);
  music.eights = count_eights(music);
  const Activity activity = measure_activity(spectral, music.loudness, music.onset);
  const double bar = 60.0 / std::max(1.0, music.tempo_bpm) * music.beats_per_bar;
  music.energy = smoothed(raw_energy(activity), 0.5 * bar);
  music.moments = find_moments(activity, bars, music.sections, music.duration);
  music.character = find_character(spectral, music);
  if (music.character.percussion < kDropPercussion)
    std::erase_if(music.moments, [](const Moment& m) { return m.kind == Moment::Kind::drop; });

  std::vector<double> peaks;
  for (std::size_t t :
       pick_onsets(spectral.onset.whole, static_cast<float>(0.8 * mean(spectral.onset.whole)))) {
    peaks.push_back(static_cast<double>(t) / kOnsetRate);
  }
  fill_features(music, {spectral.mfcc, spectral.chroma, bands, peaks});
  return music;
}

Result<MusicAnalysis> analyze(const Pcm& pcm) {
  const auto spectral = spectral_features(pcm);
  if (!spectral) return spectral.error();
  return describe(*spectral, classical_metre(*spectral));
}

}  // namespace terpsi::audio
