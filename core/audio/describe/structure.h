#pragma once
// Segmentation of the song into labelled sections.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/music.h"

namespace terpsi::audio {

struct Structure {
  std::vector<Section> sections;  // cover [0, duration) without gaps; at least one
  std::vector<float> novelty;     // per frame, 0 to 1
};

// Per-frame descriptors at 30 fps.
struct Timbre {
  std::span<const float> mfcc;      // frames x kMfccCount
  std::span<const float> chroma;    // frames x kChromaClasses
  std::span<const float> loudness;  // frames
  std::span<const float> bands;     // frames x 3 onset strengths: low, mid, high
};

// Bars are described (bar_description.h), the novelty at each barline is measured (bar_novelty.h), the
// borders of the highest total novelty are chosen by dynamic programming, with costs for borders and for
// lengths that are not multiples of 8, 4 or 2 bars, and the sections are labelled (section_label.h).
// downbeats: start of every bar, seconds, ascending.
Structure find_structure(const Timbre& timbre, std::span<const double> downbeats, double duration);

}  // namespace terpsi::audio
