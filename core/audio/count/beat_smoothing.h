#pragma once
// Fits a beat grid to the pulse and to even spacing.

#include <span>
#include <vector>

namespace terpsi::audio {

// pulse: beat likelihood, kOnsetRate values a second (onset strength or a network's activation). beats:
// ascending, in frames of `pulse`. Least squares: each beat against the nearest peak within 50 ms, weighted
// by its height, and second differences against 0, with the largest stiffness that still meets the peaks.
// Returns frames: `beats` unchanged where there are fewer than four or where the fit would reorder them.
std::vector<double> smooth_beats(std::span<const float> pulse, const std::vector<double>& beats);

}  // namespace terpsi::audio
