#pragma once
// Chroma: how strongly each of the twelve pitch classes (C = 0) sounds.

#include <span>
#include <vector>

namespace terpsi::audio {

inline constexpr int kChromaClasses = 12;
inline constexpr int kChromaDecimation = 4;    // works on the song at kAnalysisRate / 4
inline constexpr int kChromaWindow = 1024;     // samples there: 186 ms
inline constexpr double kChromaLowest = 80.0;  // Hz
inline constexpr double kChromaHighest = 2000.0;

// Each bin's magnitude goes to the two nearest pitch classes in proportion to nearness (A4 = 440 Hz), faded
// in over the lowest octave and divided by frequency^0.5. Then values are divided by (largest +
// kChromaFloor), so that near silence gives values near 0.
inline constexpr float kChromaFloor = 0.003f;

// `samples`: the song at kAnalysisRate, normalised. Returns frames x 12; frame i is centred at i / 30 s.
std::vector<float> chroma(std::span<const float> samples, std::size_t frames);

}  // namespace terpsi::audio
