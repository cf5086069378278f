#pragma once
// Runs a generator network on the CPU with ONNX Runtime. The only part of the program that knows ONNX
// Runtime.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "generate/model_info.h"
#include "generate/sampler.h"

namespace terpsi::native {

struct EngineOptions {
  int threads = 2;                          // of one network evaluation
  int max_batch = 2 * generate::kMaxBatch;  // windows in one evaluation; with guidance each is there twice
};

// Ok for "auto" and "cpu". Errors: unsupported for devices this build does not drive, invalid_argument
// otherwise.
Status check_device(std::string_view device);

// One loaded network. Not thread-safe: one thread runs it.
class Engine {
 public:
  // `weights`: an ONNX file. Errors: bad_format (not ONNX, or other inputs and outputs than model_info.h
  // says).
  static Result<Engine> load(std::span<const std::uint8_t> weights, const generate::ModelInfo& model,
                             const EngineOptions& options = {});

  // x1 of one evaluation, [batch, W, 151]; valid until the next run. Errors: invalid_argument (a wrong size),
  // internal (ONNX Runtime failed).
  Result<std::span<const float>> run(const generate::StepInput& input);

  // Where it runs, for people, e.g. "CPU, 2 threads, ONNX Runtime 1.30.0".
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
