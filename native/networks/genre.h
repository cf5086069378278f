#pragma once
// Which ballroom dance a song is for [Ahn 2020]: an encoder estimates the tempo of the two seconds around
// each moment of the song and describes them by an embedding; a classifier reads windows of embeddings.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "audio/pcm.h"
#include "base/result.h"
#include "native/networks/models.h"
#include "native/networks/network.h"

namespace terpsi::native {

struct GenreReading {
  std::vector<float> bpm;            // [moments], the encoder's estimates
  std::vector<float> embedding;      // [moments, kEncoderColumns]
  std::vector<float> probabilities;  // [windows, genres]
  std::vector<int> windows;          // [windows], the likeliest genre of each
  int genre = 0;                     // that of most windows

  double share(int genre_index) const;  // of the windows; 0 without windows
  double median_bpm() const;            // 0 without moments
};

// Two loaded networks. Not thread-safe: one thread runs it.
class GenreListener {
 public:
  // Content of their files. Errors: those of Network::load, for the contracts of manifest/genre_info.h.
  static Result<GenreListener> load(std::span<const std::uint8_t> encoder,
                                    std::span<const std::uint8_t> classifier,
                                    const manifest::GenreInfo& info);

  // Errors: those of audio::check_pcm, empty (shorter than a window), internal (ONNX Runtime failed).
  Result<GenreReading> listen(const audio::Pcm& pcm);

  const manifest::GenreInfo& info() const { return info_; }

 private:
  GenreListener(Network encoder, Network classifier, const manifest::GenreInfo& info)
      : encoder_(std::move(encoder)), classifier_(std::move(classifier)), info_(info) {}
  Status describe(std::span<const float> sound, std::size_t moments, GenreReading& found);
  Status classify(GenreReading& found);

  Network encoder_, classifier_;
  manifest::GenreInfo info_;
};

// The folder's classifier and its encoder, files checked against size and SHA-256. Errors: those of the
// manifest and of load_weights.
Result<GenreListener> load_genre_listener(const Models& models);

}  // namespace terpsi::native
