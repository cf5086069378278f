#pragma once
// A recogniser small enough to be written down, and motion for it.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "manifest/recogniser_info.h"
#include "motion/clip.h"
#include "native/networks/tiny_onnx.h"

namespace terpsi::test {

inline constexpr int kWindow = 8, kHop = 4;

// A network written down: softmax([20 h, 14]), h = mean over the window of the first joint's height. "high"
// above 0.7 m.
struct HighOrLow {
  std::string input = "motion", output = "probability";
  int window = kWindow, channels = 144, styles = 2;

  std::vector<std::uint8_t> onnx() const {
    using namespace proto;
    const auto raw = [](const std::vector<float>& values) {
      std::string text(values.size() * sizeof(float), '\0');
      std::memcpy(text.data(), values.data(), text.size());
      return text;
    };
    std::vector<float> weights(static_cast<std::size_t>(channels * styles)),
        bias(static_cast<std::size_t>(styles));
    weights[static_cast<std::size_t>(styles)] = 20;
    bias[1] = 14;
    const auto size = [](int n) { return static_cast<std::uint64_t>(n); };
    const std::string b = number(1, size(channels)) + number(1, size(styles)) + number(2, 1) + bytes(8, "b") +
                          bytes(9, raw(weights));
    const std::string c = number(1, size(styles)) + number(2, 1) + bytes(8, "c") + bytes(9, raw(bias));
    const std::string axes = bytes(1, "axes") + number(8, 1) + number(20, 7);
    const std::string keep = bytes(1, "keepdims") + number(3, 0) + number(20, 2);
    const std::string mean =
        bytes(1, input) + bytes(2, "mean") + bytes(4, "ReduceMean") + bytes(5, axes) + bytes(5, keep);
    const std::string gemm =
        bytes(1, "mean") + bytes(1, "b") + bytes(1, "c") + bytes(2, "logit") + bytes(4, "Gemm");
    const std::string softmax = bytes(1, "logit") + bytes(2, output) + bytes(4, "Softmax");
    const std::string graph = bytes(1, mean) + bytes(1, gemm) + bytes(1, softmax) + bytes(2, "high") +
                              bytes(5, b) + bytes(5, c) +
                              bytes(11, TinyNetwork::value_info(input, 1, {0, window, channels})) +
                              bytes(12, TinyNetwork::value_info(output, 1, {0, styles}));
    const std::string model = number(1, 8) + bytes(7, graph) + bytes(8, number(2, 17));
    return {model.begin(), model.end()};
  }
};

inline manifest::RecogniserInfo tiny_recogniser() {
  manifest::RecogniserInfo out;
  out.name = "tiny";
  out.window = kWindow;
  out.hop = kHop;
  out.styles = {"high", "low"};
  return out;
}

// Stands `high` frames at 0.9 m, then crouches.
inline motion::Clip clip_of(std::size_t high, std::size_t low) {
  motion::Clip clip;
  clip.frames.resize(high + low);
  for (std::size_t i = 0; i < clip.size(); ++i) clip.frames[i].root.y() = i < high ? 0.9f : 0.5f;
  return clip;
}

}  // namespace terpsi::test
