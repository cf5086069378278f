#include "native/networks/listener.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "audio/hear/listener_input.h"
#include "base/limits.h"
#include "native/io/file.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

constexpr std::array<const char*, 1> kInputs = {"input"};
constexpr std::array<const char*, 1> kOutputs = {"activation"};

// Throws Ort::Exception.
bool is_table(const Ort::TypeInfo& found, std::int64_t columns) {
  if (found.GetONNXType() != ONNX_TYPE_TENSOR) return false;
  const auto info = found.GetTensorTypeAndShapeInfo();
  const auto shape = info.GetShape();
  return info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && shape.size() == 3 && shape[1] < 0 &&
         shape[2] == columns;
}

// Throws Ort::Exception. Empty when the network is as listener_info.h says.
std::string check_contract(const Ort::Session& session) {
  Ort::AllocatorWithDefaultOptions allocator;
  if (session.GetInputCount() != 1 || session.GetOutputCount() != 1)
    return "it must have one input and one output";
  if (session.GetInputNameAllocated(0, allocator).get() != std::string_view(kInputs[0]) ||
      !is_table(session.GetInputTypeInfo(0), audio::kListenerColumns))
    return "its input is not input [1, T, 52]";
  if (session.GetOutputNameAllocated(0, allocator).get() != std::string_view(kOutputs[0]) ||
      !is_table(session.GetOutputTypeInfo(0), 2))
    return "its output is not activation [1, T, 2]";
  return {};
}

}  // namespace

struct Listener::State {
  Ort::Env env{ORT_LOGGING_LEVEL_FATAL, "terpsi"};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session{nullptr};
  manifest::ListenerInfo info;
};

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&&) noexcept = default;
Listener::~Listener() = default;

Result<Listener> Listener::load(std::span<const std::uint8_t> weights, const manifest::ListenerInfo& info,
                                int threads) {
  try {
    auto state = std::make_unique<State>();
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(threads);
    options.SetInterOpNumThreads(1);
    state->session = Ort::Session(state->env, weights.data(), weights.size(), options);
    if (const auto wrong = check_contract(state->session); !wrong.empty()) {
      return Error{ErrorCode::bad_format,
                   "the listener \"" + info.name + "\" is not a beat network: " + wrong};
    }
    state->info = info;
    return Listener(std::move(state));
  } catch (const std::exception& error) {
    return Error{ErrorCode::bad_format,
                 "the listener \"" + info.name + "\" cannot be loaded: " + error.what()};
  }
}

Result<std::vector<float>> Listener::activation(std::span<const float> input) {
  const std::size_t rows = input.size() / audio::kListenerColumns;
  if (rows == 0 || rows % 2 != 0 || rows * audio::kListenerColumns != input.size()) {
    return Error{ErrorCode::invalid_argument, "a listener takes an even number of rows of " +
                                                  std::to_string(audio::kListenerColumns) + " columns"};
  }
  State& s = *state_;
  std::vector<float> out(rows * 2);
  try {
    const std::array<std::int64_t, 3> in_shape = {1, static_cast<std::int64_t>(rows),
                                                  audio::kListenerColumns};
    const std::array<std::int64_t, 3> out_shape = {1, static_cast<std::int64_t>(rows), 2};
    // ONNX Runtime reads inputs only, though its interface takes them as writable.
    const Ort::Value x = Ort::Value::CreateTensor<float>(s.memory, const_cast<float*>(input.data()),
                                                         input.size(), in_shape.data(), in_shape.size());
    Ort::Value y =
        Ort::Value::CreateTensor<float>(s.memory, out.data(), out.size(), out_shape.data(), out_shape.size());
    s.session.Run(Ort::RunOptions{nullptr}, kInputs.data(), &x, 1, kOutputs.data(), &y, 1);
  } catch (const std::exception& error) {
    return Error{ErrorCode::internal, std::string("the listener could not be run: ") + error.what()};
  }
  return out;
}

const manifest::ListenerInfo& Listener::info() const {
  return state_->info;
}

Result<std::vector<manifest::ListenerInfo>> list_listeners(const std::string& folder) {
  const auto manifest = read_file(folder + "/manifest.json", limits::kMaxManifestBytes);
  if (!manifest) return manifest.error();
  return manifest::parse_listeners({reinterpret_cast<const char*>(manifest->data()), manifest->size()});
}

Result<Listener> load_listener(const std::string& folder, const std::string& name) {
  const auto listeners = list_listeners(folder);
  if (!listeners) return listeners.error();
  std::string names = "classical";
  for (const auto& info : *listeners) {
    names += ", " + info.name;
    if (!name.empty() && info.name != name) continue;
    const auto weights = load_weights(folder, info);
    if (!weights) return weights.error();
    return Listener::load(*weights, info);
  }
  return Error{ErrorCode::not_found,
               "there is no listener \"" + name + "\" in the models folder; there are: " + names};
}

}  // namespace terpsi::native
