#pragma once
// A dance with its provenance: the unit that is stored, shown, shared, edited, exported and compared.

#include <cstdint>
#include <string>
#include <vector>

#include "motion/clip.h"

namespace terpsi::format {

struct Dance {
  motion::Clip clip;
  std::string title;  // UTF-8, at most limits::kMaxTitleBytes, no control characters
  std::string style;  // name of a style, at most 64 bytes, or empty
  std::uint64_t seed = 0;
  float energy = 0.5f;           // 0..1
  std::string model_name;        // at most 64 bytes, or empty
  std::string model_sha256;      // 64 lower-case hexadecimal digits, or empty
  double tempo_bpm = 0;          // 0: unknown
  std::vector<double> beats;     // seconds, ascending, within [-10, 1000]
  std::vector<int> beat_in_bar;  // one per beat, 1 to 15 (1 = downbeat), or empty
};

}  // namespace terpsi::format
