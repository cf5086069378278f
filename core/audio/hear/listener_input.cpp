#include "audio/hear/listener_input.h"

#include <algorithm>
#include <cmath>

namespace terpsi::audio {

std::vector<float> listener_input(const SpectralFeatures& spectral) {
  const std::size_t rows = spectral.frames * kOnsetStride;
  std::vector<float> input((rows + rows % 2) * kListenerColumns);
  for (std::size_t t = 0; t < rows; ++t) {
    float* row = input.data() + t * kListenerColumns;
    const float* mel = spectral.mel.data() + t * kMelBands;
    for (std::size_t b = 0; b < kMelBands; ++b) row[b] = std::log1p(kOnsetGain * mel[b]);
    const std::size_t frame = t / kOnsetStride;
    const float* now = spectral.chroma.data() + frame * kChromaClasses;
    const float* next = frame + 1 < spectral.frames ? now + kChromaClasses : now;
    const float mix = static_cast<float>(t % kOnsetStride) / kOnsetStride;
    for (std::size_t c = 0; c < kChromaClasses; ++c) row[kMelBands + c] = now[c] + mix * (next[c] - now[c]);
  }
  if (rows % 2 != 0)
    std::copy_n(input.end() - 2 * kListenerColumns, kListenerColumns, input.end() - kListenerColumns);
  return input;
}

}  // namespace terpsi::audio
