#pragma once
// Sections: where the song changes, and which parts sound alike.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/music.h"

namespace terpsi::audio {

struct Structure {
  std::vector<Section> sections;  // cover [0, duration) without gaps; at least one
  std::vector<float> novelty;     // per frame, 0 to 1
};

// Per-frame descriptions at 30 fps that sections are told apart by.
struct Timbre {
  std::span<const float> mfcc;      // frames x 20
  std::span<const float> chroma;    // frames x 12
  std::span<const float> loudness;  // frames
  std::span<const float> bands;     // frames x 3 onset strengths
};

// Bars are described by their mean timbre, harmony, loudness and onset density; a Gaussian-tapered
// checkerboard kernel (Foote 2000) runs along the diagonal of their self-similarity; its peaks are section
// borders, and sections of near descriptions share a label. `borders`: start of every bar in seconds,
// ascending.
Structure find_structure(const Timbre& timbre, std::span<const double> borders, double duration);

}  // namespace terpsi::audio
