#include "audio/hear/spectral_features.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "audio/dot.h"
#include "audio/hear/chroma.h"
#include "audio/hear/loudness.h"
#include "audio/hear/mel.h"
#include "audio/hear/stft.h"
#include "audio/resample.h"
#include "base/limits.h"

namespace terpsi::audio {
namespace {

static_assert(kOnsetStride * limits::kFps == kOnsetRate);

struct Spectra {
  std::vector<float> mel;       // onset frames x kMelBands
  std::vector<float> loudness;  // weighted power per onset frame
};

Spectra measure(std::span<const float> samples, const MelBank& bank, std::size_t frames) {
  Spectra s;
  Stft stft(kOnsetWindow);
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
    const float* now = mel.data() + i * kOnsetStride * kMelBands;
    const float* before = i > 0 ? now - kMelBands : now;
    const float* after = now + kMelBands;
    for (std::size_t b = 0; b < mean.size(); ++b) mean[b] = (before[b] + now[b] + after[b]) / 3.0f;
    mfcc.apply(mean, std::span<float>(out).subspan(i * kMfccCount, kMfccCount));
  }
  return out;
}

}  // namespace

Result<SpectralFeatures> spectral_features(const Pcm& pcm) {
  if (Status status = check_pcm(pcm); !status) return status.error();

  SpectralFeatures spectral;
  spectral.duration = pcm.seconds();
  spectral.frames =
      static_cast<std::size_t>(std::max(1.0, std::floor(spectral.duration * limits::kFps + 0.5)));
  Pcm song = resample(pcm);
  normalize(song.samples, kLevel);
  spectral.waveform = peak_envelope(song.samples, kAnalysisRate, 60);

  const MelBank bank(kAnalysisRate, kOnsetWindow);
  Spectra spectra = measure(song.samples, bank, spectral.frames * kOnsetStride);
  spectral.onset = onset_strength(spectra.mel, bank);
  spectral.mfcc = mfcc_frames(spectra.mel, spectral.frames);
  spectral.chroma = chroma(song.samples, spectral.frames);
  spectral.loudness = loudness_curve(spectra.loudness, kOnsetRate, spectral.frames);
  spectral.mel = std::move(spectra.mel);
  return spectral;
}

}  // namespace terpsi::audio
