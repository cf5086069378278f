#pragma once
// Labels of sections: which of them are repetitions of each other.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/describe/bar_description.h"

namespace terpsi::audio {

// cuts: index of each section's first bar, ascending from 0. Agglomerative clustering with average linkage
// over the combined distance of sound and tune, up to a distance of 1. Labels count from 0 in order of
// appearance.
std::vector<int> label_sections(const BarDescriptions& bars, std::span<const std::size_t> cuts);

}  // namespace terpsi::audio
