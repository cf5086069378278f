#pragma once
// What the program knows about a genre classifier and the music encoder before it: one entry of "genres" and
// one of "encoders" in models/manifest.json.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "manifest/model_file.h"

namespace terpsi::manifest {

inline constexpr int kGenreInputVersion = 1;
inline constexpr int kEncoderSamples = 44100;  // 2 s at audio::kAnalysisRate
inline constexpr int kEncoderColumns = 128;    // numbers that describe them
inline constexpr int kMaxPerSecond = 100;

// Network contracts (version 1):
//   encoder     in  audio [B, 44100]  of audio/hear/mu_law.h out bpm [B], embedding [B, 128]
//   classifier  in  embedding [B, W, 128]                    out probability [B, G]
struct GenreInfo {
  ModelFile encoder, classifier;
  int per_second = 0;               // moments of a song that are described, each by the 2 s around it
  int window = 0;                   // W, moments
  int hop = 0;                      // moments between windows
  std::vector<std::string> genres;  // G names
  double held_out = 0;  // share of windows of unheard songs that were right; 0 when it is not said
};

// The first entry of "genres" and the entry of "encoders" that it names. Errors: not_found (the manifest lists
// none), bad_format naming the field, unsupported (other versions or sizes).
Result<GenreInfo> read_genre(const nlohmann::json& manifest);

}  // namespace terpsi::manifest
