#pragma once
// Which sections are the same.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/describe/bar_description.h"

namespace terpsi::audio {

// `cuts`: index of each section's first bar, ascending from 0. Sections are merged into kinds from the likest
// pair on (average linkage) until no two kinds are alike: near in sound, and not of different tunes. Labels
// are numbered in order of appearance.
std::vector<int> label_sections(const BarDescriptions& bars, std::span<const std::size_t> cuts);

}  // namespace terpsi::audio
