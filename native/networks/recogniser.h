#pragma once
// The style that a dance is recognised as, by a network trained on real clips only. It measures dances and
// makes none.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "motion/clip.h"
#include "native/networks/models.h"
#include "native/networks/network.h"

namespace terpsi::native {

struct Recognition {
  std::vector<std::size_t> starts;   // [windows], first frame of each
  std::vector<float> probabilities;  // [windows, styles]
  std::vector<int> windows;          // [windows], the likeliest style of each
  int style = 0;                     // of the whole: that of the largest mean log probability

  // Share of the windows whose likeliest style this is; 0 without windows.
  double share(int style_index) const;

  // Appends the windows of another stretch of the same dance; their starts count from the first frame of that
  // stretch.
  void add(const Recognition& other);
};

// One loaded network. Not thread-safe: one thread runs it.
class Recogniser {
 public:
  // `onnx`: its file. Errors: those of Network::load, for the contract of manifest/recogniser_info.h.
  static Result<Recogniser> load(std::span<const std::uint8_t> onnx, const manifest::RecogniserInfo& info);

  // Errors: invalid_argument (not 30 fps, positions that are not finite), empty (shorter than a window),
  // internal (ONNX Runtime failed).
  Result<Recognition> recognise(const motion::Clip& clip);
  Result<Recognition> recognise(std::span<const motion::JointPositions> joints);  // at 30 fps

  const manifest::RecogniserInfo& info() const { return info_; }

 private:
  Recogniser(Network network, const manifest::RecogniserInfo& info)
      : network_(std::move(network)), info_(info) {}

  Network network_;
  manifest::RecogniserInfo info_;
};

// The recogniser of the folder, its file checked against size and SHA-256. Errors: those of the manifest and
// of load_weights.
Result<Recogniser> load_recogniser(const Models& models);

}  // namespace terpsi::native
