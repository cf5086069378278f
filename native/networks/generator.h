#pragma once
// Runs a generator network with ONNX Runtime, on any device.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "generate/sample/sampler.h"
#include "manifest/model_info.h"
#include "native/networks/device.h"

namespace terpsi::native {

struct EngineOptions {
  int threads = 2;                          // of one network evaluation on the CPU
  int max_batch = 2 * generate::kMaxBatch;  // windows in one evaluation; with guidance each is there twice
  Device device = {};                       // see choose_device
};

// One loaded network. Not thread-safe: one thread runs it. Only stop() may be called from any thread, while
// the engine stays where it is.
class Engine {
 public:
  // `weights`: an ONNX file. Errors: bad_format (not ONNX, or other inputs and outputs than model_info.h
  // says); unsupported (it does not run on the device).
  static Result<Engine> load(std::span<const std::uint8_t> weights, const manifest::ModelInfo& model,
                             const EngineOptions& options = {});

  // x1 of one evaluation, [batch, W, 151]; valid until the next run. Errors: invalid_argument (a wrong size),
  // cancelled (after stop), internal (ONNX Runtime failed).
  Result<std::span<const float>> run(const generate::StepInput& input);

  // Ends the run in progress, if there is one, within one of the network's operations, and every further run
  // until resume().
  void stop();
  void resume();

  // Where it runs, for people, e.g. "CPU, 2 threads, ONNX Runtime 1.30.0" or "CUDA (NVIDIA H200), ONNX
  // Runtime 1.30.0".
  const std::string& description() const;

  int max_batch() const;

  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace terpsi::native
