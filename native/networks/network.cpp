#include "native/networks/network.h"

#include <algorithm>
#include <atomic>
#include <string_view>

#include "native/networks/providers.h"

namespace terpsi::native {
namespace {

using Shape = std::vector<std::int64_t>;

std::string shape_text(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i > 0 ? ", " : "") + (shape[i] < 0 ? std::string("B") : std::to_string(shape[i]));
  return text + "]";
}

// A free dimension must be free in the network too; a network that leaves a fixed one open takes it as well.
bool fits(const Shape& found, const Shape& wanted) {
  return std::equal(found.begin(), found.end(), wanted.begin(), wanted.end(),
                    [](std::int64_t is, std::int64_t want) { return is < 0 || is == want; });
}

// Throws Ort::Exception. Empty when the tensor is as specified.
std::string compare(const Ort::TypeInfo& found, const TensorSpec& wanted) {
  const std::string name = wanted.name;
  if (found.GetONNXType() != ONNX_TYPE_TENSOR) return name + " is not a tensor";
  const auto info = found.GetTensorTypeAndShapeInfo();
  if (info.GetElementType() != (wanted.element == Element::int32 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32
                                                                 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT))
    return name + " has another element type";
  if (const auto shape = info.GetShape(); !fits(shape, wanted.shape))
    return name + " has the shape " + shape_text(shape) + ", not " + shape_text(wanted.shape);
  return {};
}

// Throws Ort::Exception. Empty when the session has all of `wanted`. `kind`: "input" or "output".
template <class NameOf, class TypeOf>
std::string compare_all(const std::vector<TensorSpec>& wanted, std::size_t count, const char* kind,
                        NameOf name_of, TypeOf type_of) {
  Ort::AllocatorWithDefaultOptions allocator;
  for (const TensorSpec& spec : wanted) {
    std::size_t i = 0;
    while (i < count && name_of(i, allocator).get() != std::string_view(spec.name)) ++i;
    if (i == count) return std::string("it has no ") + kind + " named " + spec.name;
    if (auto wrong = compare(type_of(i), spec); !wrong.empty()) return wrong;
  }
  return {};
}

// Throws Ort::Exception. Empty when the session is as the contract says.
std::string check_contract(const Ort::Session& session, const NetworkContract& contract) {
  if (const std::size_t count = session.GetInputCount(); count != contract.inputs.size()) {
    return "it has " + std::to_string(count) + (count == 1 ? " input" : " inputs") + ", not " +
           std::to_string(contract.inputs.size());
  }
  auto wrong = compare_all(
      contract.inputs, session.GetInputCount(), "input",
      [&](std::size_t i, OrtAllocator* allocator) { return session.GetInputNameAllocated(i, allocator); },
      [&](std::size_t i) { return session.GetInputTypeInfo(i); });
  if (!wrong.empty()) return wrong;
  return compare_all(
      contract.outputs, session.GetOutputCount(), "output",
      [&](std::size_t i, OrtAllocator* allocator) { return session.GetOutputNameAllocated(i, allocator); },
      [&](std::size_t i) { return session.GetOutputTypeInfo(i); });
}

// A tensor over memory of the caller. Throws Ort::Exception when its size is not that of the shape.
template <class T>
Ort::Value tensor(const Ort::MemoryInfo& memory, std::span<const T> values, Shape shape,
                  std::int64_t free_size) {
  std::replace(shape.begin(), shape.end(), kFreeSize, free_size);
  // ONNX Runtime's interface takes inputs as writable, too.
  return Ort::Value::CreateTensor<T>(memory, const_cast<T*>(values.data()), values.size(), shape.data(),
                                     shape.size());
}

template <class T>
bool has_size(std::span<T> values, const TensorSpec& spec, std::int64_t free_size) {
  std::int64_t count = 1;
  for (const std::int64_t size : spec.shape) count *= size == kFreeSize ? free_size : size;
  return static_cast<std::int64_t>(values.size()) == count;
}

bool is_as_specified(const InputTensor& input, const TensorSpec& spec, std::int64_t free_size) {
  return std::visit([&](auto values) { return has_size(values, spec, free_size); }, input) &&
         input.index() == static_cast<std::size_t>(spec.element);
}

}  // namespace

struct Network::State {
  std::string name;
  NetworkContract contract;
  std::vector<const char*> input_names, output_names;
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session{nullptr};
  Ort::RunOptions run_options;
  std::atomic<bool> stopped{false};

  // Throws Ort::Exception.
  void run(std::int64_t free_size, const std::vector<InputTensor>& inputs,
           const std::vector<std::span<float>>& outputs) {
    std::vector<Ort::Value> in, out;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      in.push_back(
          std::visit([&](auto values) { return tensor(memory, values, contract.inputs[i].shape, free_size); },
                     inputs[i]));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      out.push_back(tensor(memory, std::span<const float>(outputs[i]), contract.outputs[i].shape, free_size));
    }
    session.Run(run_options, input_names.data(), in.data(), in.size(), output_names.data(), out.data(),
                out.size());
  }
};

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::load(std::span<const std::uint8_t> onnx, const std::string& name,
                              NetworkContract contract, const NetworkOptions& options) {
  const std::string network = "the network \"" + name + "\"";
  try {
    auto state = std::make_unique<State>();
    Ort::SessionOptions session;
    session.SetIntraOpNumThreads(options.threads);
    session.SetInterOpNumThreads(1);
    session.SetExecutionMode(ORT_SEQUENTIAL);
    session.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    append_provider(session, options.device.kind);
    state->session = Ort::Session(ort_environment(), onnx.data(), onnx.size(), session);
    if (const auto wrong = check_contract(state->session, contract); !wrong.empty())
      return Error{ErrorCode::bad_format, network + " does not fit its manifest entry: " + wrong};
    state->name = name;
    state->contract = std::move(contract);
    for (const TensorSpec& spec : state->contract.inputs) state->input_names.push_back(spec.name);
    for (const TensorSpec& spec : state->contract.outputs) state->output_names.push_back(spec.name);
    return Network(std::move(state));
  } catch (const std::exception& error) {
    if (options.device.kind == DeviceKind::cpu)
      return Error{ErrorCode::bad_format, network + " cannot be loaded: " + error.what()};
    return Error{ErrorCode::unsupported, network + " cannot be loaded on " + options.device.name + ": " +
                                             error.what() + "; use --device cpu"};
  }
}

Status Network::run(std::int64_t free_size, const std::vector<InputTensor>& inputs,
                    const std::vector<std::span<float>>& outputs) {
  State& s = *state_;
  const Error cancelled{ErrorCode::cancelled, "the network was stopped"};
  if (s.stopped) return cancelled;
  const auto& [in, out] = s.contract;
  bool fit = free_size > 0 && inputs.size() == in.size() && outputs.size() == out.size();
  for (std::size_t i = 0; fit && i < in.size(); ++i) fit = is_as_specified(inputs[i], in[i], free_size);
  for (std::size_t i = 0; fit && i < out.size(); ++i) fit = has_size(outputs[i], out[i], free_size);
  if (!fit)
    return Error{ErrorCode::invalid_argument,
                 "the tensors for the network \"" + s.name + "\" have the wrong size"};
  try {
    s.run(free_size, inputs, outputs);
    return ok_status();
  } catch (const std::exception& error) {
    if (s.stopped) return cancelled;
    return Error{ErrorCode::internal, "the network \"" + s.name + "\" could not be run: " + error.what()};
  }
}

void Network::stop() {
  state_->stopped = true;
  state_->run_options.SetTerminate();
}

void Network::resume() {
  state_->run_options.UnsetTerminate();
  state_->stopped = false;
}

}  // namespace terpsi::native
