#include "audio/analysis.h"

#include <algorithm>
#include <cmath>

#include "audio/bar.h"
#include "audio/beat.h"
#include "audio/chroma.h"
#include "audio/dot.h"
#include "audio/features.h"
#include "audio/loudness.h"
#include "audio/mel.h"
#include "audio/onset.h"
#include "audio/resample.h"
#include "audio/stft.h"
#include "audio/structure.h"
#include "audio/tempo.h"
#include "base/limits.h"

namespace terpsi::audio {
namespace {

constexpr std::size_t kStride = kOnsetRate / limits::kFps;  // onset frames per 30 fps frame
constexpr float kOnsetCeiling = 1.5f;                       // of the 99th percentile

struct Spectra {
  std::vector<float> mel;       // onset frames x kMelBands
  std::vector<float> loudness;  // weighted power per onset frame
  std::vector<double> centres;  // of the mel bands, Hz
};

Spectra measure(std::span<const float> samples, std::size_t frames) {
  Spectra s;
  Stft stft(kOnsetWindow);
  const MelBank bank(kAnalysisRate, kOnsetWindow);
  for (int b = 0; b < kMelBands; ++b) s.centres.push_back(bank.centre(b));
  const std::vector<float> weights = loudness_weights(kAnalysisRate, kOnsetWindow);
  std::vector<float> power(static_cast<std::size_t>(stft.bins()));
  s.mel.resize(frames * kMelBands);
  s.loudness.resize(frames);
  for (std::size_t t = 0; t < frames; ++t) {
    stft.power(samples, static_cast<std::ptrdiff_t>(t) * kOnsetHop, power);
    bank.apply(power, std::span<float>(s.mel).subspan(t * kMelBands, kMelBands));
    s.loudness[t] = dot(power.data(), weights.data(), power.size());
  }
  return s;
}

// MFCC of the mean of the three spectra around each 30 fps frame.
std::vector<float> mfcc_frames(const std::vector<float>& mel, std::size_t frames) {
  const Mfcc mfcc;
  std::vector<float> out(frames * kMfccCount), mean(kMelBands);
  for (std::size_t i = 0; i < frames; ++i) {
    const float* now = mel.data() + i * kStride * kMelBands;
    const float* before = i > 0 ? now - kMelBands : now;
    const float* after = now + kMelBands;
    for (std::size_t b = 0; b < mean.size(); ++b) mean[b] = (before[b] + now[b] + after[b]) / 3.0f;
    mfcc.apply(mean, std::span<float>(out).subspan(i * kMfccCount, kMfccCount));
  }
  return out;
}

// Largest of the three onset frames around each 30 fps frame, the song's 99th percentile scaled to 1.
std::vector<float> onset_frames(const std::vector<float>& onset, std::size_t frames) {
  const auto last = static_cast<std::ptrdiff_t>(onset.size()) - 1;
  std::vector<float> out(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const auto centre = static_cast<std::ptrdiff_t>(i * kStride);
    float top = 0;
    for (std::ptrdiff_t t = centre - 1; t <= centre + 1; ++t) {
      top = std::max(top, onset[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(t, 0, last))]);
    }
    out[i] = top;
  }
  std::vector<float> sorted = out;
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(frames - 1) * 0.99);
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  const float scale = std::max(sorted[static_cast<std::size_t>(at)], 1e-3f);
  for (float& v : out) v = std::min(v / scale, kOnsetCeiling);
  return out;
}

// Tempo of the grid at each frame: the mean interval of the four beats around it.
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

Result<MusicAnalysis> analyze(const Pcm& pcm) {
  if (Status status = check_pcm(pcm); !status) return status.error();

  MusicAnalysis music;
  music.duration = pcm.seconds();
  music.frames = static_cast<std::size_t>(std::max(1.0, std::floor(music.duration * limits::kFps + 0.5)));
  Pcm song = resample(pcm);
  normalize(song.samples, kLevel);
  music.waveform = peak_envelope(song.samples, kAnalysisRate, 60);

  const Spectra spectra = measure(song.samples, music.frames * kStride);
  const OnsetStrength onset = onset_strength(spectra.mel, spectra.centres);
  const std::vector<float> mfcc = mfcc_frames(spectra.mel, music.frames);
  const std::vector<float> harmony = chroma(song.samples, music.frames);
  music.loudness = loudness_curve(spectra.loudness, kOnsetRate, music.frames);
  music.onset = onset_frames(onset.whole, music.frames);

  const std::vector<float> pulse = pulse_signal(onset);
  const TempoCurve curve = track_tempo(pulse);
  std::vector<BeatLevel> levels = rank_levels(onset, pulse, curve);
  const double period = 60.0 / (levels.front().factor * curve.median());
  music.beats = extend_grid(std::move(levels.front().beats), period, music.duration);
  Bars bars = find_bars(music.beats, onset, harmony);
  music.beats_per_bar = bars.beats_per_bar;
  music.beat_in_bar = std::move(bars.beat_in_bar);
  music.beat_confidence = std::clamp((curve.strength - 0.05) / 0.5, 0.0, 1.0);
  music.tempo = grid_tempo(music.beats, music.frames, 60.0 / period);
  std::vector<float> sorted = music.tempo;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  music.tempo_bpm = *middle;

  std::vector<float> bands(music.frames * 3);
  const std::vector<float>* sources[] = {&onset.low, &onset.mid, &onset.high};
  for (std::size_t b = 0; b < 3; ++b) {
    const std::vector<float> band = onset_frames(*sources[b], music.frames);
    for (std::size_t i = 0; i < music.frames; ++i) bands[i * 3 + b] = band[i];
  }
  std::vector<double> downbeats;
  for (std::size_t k = 0; k < music.beats.size(); ++k) {
    if (music.beat_in_bar[k] == 1) downbeats.push_back(music.beats[k]);
  }
  Structure structure = find_structure({mfcc, harmony, music.loudness, bands}, downbeats, music.duration);
  music.sections = std::move(structure.sections);
  music.novelty = std::move(structure.novelty);

  double mean = 0;
  for (float v : onset.whole) mean += v;
  mean /= static_cast<double>(onset.whole.size());
  std::vector<double> peaks;
  for (std::size_t t : pick_onsets(onset.whole, static_cast<float>(0.8 * mean))) {
    peaks.push_back(static_cast<double>(t) / kOnsetRate);
  }
  fill_features(music, {mfcc, harmony, bands, peaks});
  return music;
}

}  // namespace terpsi::audio
