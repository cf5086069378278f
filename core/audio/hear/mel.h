#pragma once
// Mel band powers and mel-frequency cepstral coefficients (MFCC).

#include <span>
#include <vector>

namespace terpsi::audio {

inline constexpr int kMelBands = 40;
inline constexpr int kMfccCount = 20;
inline constexpr double kMelLowest = 30.0;      // Hz
inline constexpr double kMelHighest = 11025.0;  // Hz

// mel(f) = 2595 log10(1 + f / 700) [OShaughnessy 1987] and its inverse.
double hz_to_mel(double hz);
double mel_to_hz(double mel);

// Triangular filters of peak gain 1 with corners evenly spaced in mel from kMelLowest to kMelHighest.
class MelBank {
 public:
  MelBank(int sample_rate, int fft_size);

  // Centre frequency of a band, Hz.
  double centre(int band) const { return centres_[static_cast<std::size_t>(band)]; }

  // power: fft_size / 2 + 1 bins. bands: kMelBands weighted sums of power.
  void apply(std::span<const float> power, std::span<float> bands) const;

 private:
  struct Band {
    int first;                   // bin
    std::vector<float> weights;  // of bins first, first + 1, ...
  };
  std::vector<Band> bands_;
  std::vector<double> centres_;
};

// The first kMfccCount coefficients of the orthonormal DCT-II of log10(1e-6 + band power).
class Mfcc {
 public:
  Mfcc();
  // bands: kMelBands powers. coefficients: at most kMfccCount.
  void apply(std::span<const float> bands, std::span<float> coefficients) const;

 private:
  std::vector<float> cosines_;  // kMfccCount x kMelBands
};

}  // namespace terpsi::audio
