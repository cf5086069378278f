#pragma once
// Seed paper 003's ears: an encoder that guesses the tempo of every two seconds of sound and describes them,
// and a classifier that reads the descriptions and says for which ballroom dance the song is.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audio/pcm.h"
#include "base/result.h"
#include "manifest/genre_info.h"

namespace terpsi::native {

struct GenreReading {
  std::vector<float> bpm;            // the encoder's guess at each moment
  std::vector<float> embedding;      // [moments, kEncoderColumns]
  std::vector<float> probabilities;  // [windows, genres]
  std::vector<int> windows;          // the likeliest genre of each
  int genre = 0;                     // that of most windows

  double share(int genre_index) const;  // of the windows; 0 without windows
  double median_bpm() const;            // 0 without moments
};

// Two loaded networks. Not thread-safe: one thread runs it.
class GenreListener {
 public:
  // ONNX files. Errors: bad_format (not ONNX, or other inputs and outputs than genre_info.h says).
  static Result<GenreListener> load(std::span<const std::uint8_t> encoder,
                                    std::span<const std::uint8_t> classifier,
                                    const manifest::GenreInfo& info);

  // Errors: those of audio::check_pcm, empty (shorter than a window), internal (ONNX Runtime failed).
  Result<GenreReading> listen(const audio::Pcm& pcm);

  const manifest::GenreInfo& info() const;

  GenreListener(GenreListener&&) noexcept;
  GenreListener& operator=(GenreListener&&) noexcept;
  ~GenreListener();

 private:
  struct State;
  explicit GenreListener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The classifier that the manifest of a models folder lists and its encoder, files checked against size and
// SHA-256. Errors: not_found (no manifest, no classifier in it), bad_format, unsupported, io (a file that is
// not there).
Result<GenreListener> load_genre_listener(const std::string& folder);

}  // namespace terpsi::native
