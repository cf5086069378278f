#pragma once
// One ONNX network on ONNX Runtime: held to the contract of its kind when it is loaded, run on the caller's
// memory. What generator, listener, recogniser and genre have in common.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "native/networks/device.h"

namespace terpsi::native {

enum class Element { float32, int32 };

inline constexpr std::int64_t kFreeSize = -1;  // a dimension that each run chooses, e.g. the batch

struct TensorSpec {
  const char* name;
  std::vector<std::int64_t> shape;
  Element element = Element::float32;
};

// The network has exactly these inputs, in any order, and at least these outputs, which are float32.
struct NetworkContract {
  std::vector<TensorSpec> inputs, outputs;
};

struct NetworkOptions {
  int threads = 1;     // of one evaluation on the CPU
  Device device = {};  // see choose_device
};

// Row-major; ONNX Runtime reads it only.
using InputTensor = std::variant<std::span<const float>, std::span<const std::int32_t>>;

// One loaded network. Not thread-safe: one thread runs it. Only stop() may be called from any thread, while
// the network is not moved.
class Network {
 public:
  // `onnx`: the file's content; `name`: of its manifest entry, for messages. Errors: bad_format (not ONNX, or
  // not as the contract says), unsupported (it does not run on the device).
  static Result<Network> load(std::span<const std::uint8_t> onnx, const std::string& name,
                              NetworkContract contract, const NetworkOptions& options = {});

  // One evaluation: tensors in the order of the contract, all free dimensions of size `free_size`. Errors:
  // invalid_argument (a tensor of another size or element type), cancelled (after stop), internal (ONNX
  // Runtime failed).
  Status run(std::int64_t free_size, const std::vector<InputTensor>& inputs,
             const std::vector<std::span<float>>& outputs);

  // Ends the run in progress, if there is one, within one operator of the network, and every further run
  // until resume().
  void stop();
  void resume();

  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace terpsi::native
