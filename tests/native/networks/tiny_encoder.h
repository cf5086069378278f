#pragma once
// A music encoder and a genre classifier small enough to be written down.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "manifest/genre_info.h"
#include "native/networks/tiny_onnx.h"
#include "native/networks/tiny_recogniser.h"

namespace terpsi::test {

// embedding = 10 m in all columns, bpm = the same, m = mean of |audio|.
struct LoudnessEncoder {
  std::string input = "audio", output = "embedding";
  int samples = manifest::kEncoderSamples, columns = manifest::kEncoderColumns;

  std::vector<std::uint8_t> onnx() const {
    using namespace proto;
    const std::vector<float> tens(static_cast<std::size_t>(columns), 10.f);
    std::string raw(tens.size() * sizeof(float), '\0');
    std::memcpy(raw.data(), tens.data(), raw.size());
    const std::string factor = number(1, 1) + number(1, static_cast<std::uint64_t>(columns)) + number(2, 1) +
                               bytes(8, "f") + bytes(9, raw);
    const std::string axes = bytes(1, "axes") + number(8, 1) + number(20, 7);
    const auto keep = [](std::uint64_t dims) {
      return bytes(1, "keepdims") + number(3, dims) + number(20, 2);
    };
    const std::string abs = bytes(1, input) + bytes(2, "size") + bytes(4, "Abs");
    const std::string mean =
        bytes(1, "size") + bytes(2, "mean") + bytes(4, "ReduceMean") + bytes(5, axes) + bytes(5, keep(1));
    const std::string spread = bytes(1, "mean") + bytes(1, "f") + bytes(2, output) + bytes(4, "MatMul");
    const std::string bpm =
        bytes(1, output) + bytes(2, "bpm") + bytes(4, "ReduceMean") + bytes(5, axes) + bytes(5, keep(0));
    const std::string graph = bytes(1, abs) + bytes(1, mean) + bytes(1, spread) + bytes(1, bpm) +
                              bytes(2, "loudness") + bytes(5, factor) +
                              bytes(11, TinyNetwork::value_info(input, 1, {0, samples})) +
                              bytes(12, TinyNetwork::value_info("bpm", 1, {0})) +
                              bytes(12, TinyNetwork::value_info(output, 1, {0, columns}));
    const std::string model = number(1, 8) + bytes(7, graph) + bytes(8, number(2, 17));
    return {model.begin(), model.end()};
  }
};

inline constexpr int kGenreWindow = 6, kGenreHop = 2, kGenrePerSecond = 4;

// "loud" where the embedding is above 0.7, else "soft".
inline HighOrLow loud_or_soft() {
  return {.input = "embedding", .window = kGenreWindow, .channels = manifest::kEncoderColumns};
}

inline manifest::GenreInfo tiny_genres() {
  manifest::GenreInfo out;
  out.encoder.name = "ear";
  out.classifier.name = "judge";
  out.window = kGenreWindow;
  out.hop = kGenreHop;
  out.per_second = kGenrePerSecond;
  out.genres = {"loud", "soft"};
  return out;
}

}  // namespace terpsi::test
