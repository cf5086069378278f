#pragma once
// Draws counted beats to what is heard and to even spacing.

#include <span>
#include <vector>

namespace terpsi::audio {

// `pulse`: peaks where beats are likely, kOnsetRate values a second (onset strength, or a network's
// activation). `beats`: ascending, in frames of it. Least squares: each beat to the nearest peak within 50
// ms, weighted by its strength, and second differences to 0, as stiff as the peaks allow. Returns frames;
// `beats` itself where there are fewer than four or the result would fold over.
std::vector<double> smooth_beats(std::span<const float> pulse, const std::vector<double>& beats);

}  // namespace terpsi::audio
