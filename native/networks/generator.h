#pragma once
// A generator network on any device: one evaluation of the sampler's windows at a time.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "generate/sample/sampler.h"
#include "manifest/model_info.h"
#include "native/networks/network.h"

namespace terpsi::native {

struct GeneratorOptions {
  int threads = 2;                          // of one evaluation on the CPU
  int max_batch = 2 * generate::kMaxBatch;  // windows in one evaluation; with guidance each is there twice
  Device device = {};                       // see choose_device
};

// One loaded generator. Not thread-safe: one thread runs it. Only stop() may be called from any thread, while
// the generator is not moved.
class Generator {
 public:
  // `onnx`: the model's file. Errors: those of Network::load, for the contract of manifest/model_info.h;
  // invalid_argument (options or sizes of the model that are not positive).
  static Result<Generator> load(std::span<const std::uint8_t> onnx, const manifest::ModelInfo& model,
                                const GeneratorOptions& options = {});

  // x1 of one evaluation, [batch, W, 151]; valid until the next run. Errors: invalid_argument (a wrong size),
  // and those of Network::run.
  Result<std::span<const float>> run(const generate::StepInput& input);

  void stop() { network_.stop(); }  // see Network
  void resume() { network_.resume(); }

  // Where it runs, for people, e.g. "CPU, 2 threads, ONNX Runtime 1.30.0" or
  // "CUDA (NVIDIA H200), ONNX Runtime 1.30.0".
  const std::string& description() const { return description_; }

  int max_batch() const { return max_batch_; }

 private:
  explicit Generator(Network network) : network_(std::move(network)) {}

  Network network_;
  std::vector<float> x1_;  // max_batch x W x 151
  int window_ = 0;
  bool masked_ = false;
  int max_batch_ = 0;
  std::string description_;
};

}  // namespace terpsi::native
