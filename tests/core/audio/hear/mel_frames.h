#pragma once
// Mel band powers of a sound at the onset rate, as the analysis computes them.

#include <vector>

#include "audio/hear/mel.h"
#include "audio/hear/onset.h"
#include "audio/hear/stft.h"
#include "audio/pcm.h"

namespace terpsi::audio::testing {

inline std::vector<float> mel_frames(std::span<const float> samples, std::size_t frames) {
  Stft stft(kOnsetWindow);
  const MelBank bank(kAnalysisRate, kOnsetWindow);
  std::vector<float> power(static_cast<std::size_t>(stft.bins())), mel(frames * kMelBands);
  for (std::size_t t = 0; t < frames; ++t) {
    stft.power(samples, static_cast<std::ptrdiff_t>(t) * kOnsetHop, power);
    bank.apply(power, std::span<float>(mel).subspan(t * kMelBands, kMelBands));
  }
  return mel;
}

inline MelBank mel_bank() {
  return MelBank(kAnalysisRate, kOnsetWindow);
}

}  // namespace terpsi::audio::testing
