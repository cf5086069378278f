#pragma once
// Chroma: the strength of each of the twelve pitch classes, C = 0.

#include <span>
#include <vector>

namespace terpsi::audio {

inline constexpr int kChromaClasses = 12;
inline constexpr int kChromaDecimation = 4;    // works at kAnalysisRate / 4
inline constexpr int kChromaWindow = 1024;     // samples there: 186 ms
inline constexpr double kChromaLowest = 80.0;  // Hz
inline constexpr double kChromaHighest = 2000.0;
inline constexpr float kChromaFloor = 0.003f;

// `samples`: at kAnalysisRate, normalised to kLevel. Returns frames x kChromaClasses, 0 to 1; frame i is
// centred at i / 30 s. The magnitude of each bin is shared between the two nearest pitch classes in
// proportion to nearness (equal temperament, A4 = 440 Hz), faded in over the lowest octave and divided by
// sqrt(frequency). Each frame is divided by (its maximum + kChromaFloor), so that near silence gives values
// near 0.
std::vector<float> chroma(std::span<const float> samples, std::size_t frames);

}  // namespace terpsi::audio
