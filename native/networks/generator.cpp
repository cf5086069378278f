#include "native/networks/generator.h"

#include <onnxruntime_cxx_api.h>

#include <array>
#include <atomic>
#include <cstddef>

#include "motion/motion_vector.h"
#include "native/networks/providers.h"

namespace terpsi::native {
namespace {

constexpr std::array<const char*, 5> kInputs = {"x", "t", "cond", "phrase",
                                                "mask"};  // mask: of masked models
constexpr std::array<const char*, 1> kOutputs = {"x1"};

struct Tensor {
  const char* name;
  ONNXTensorElementDataType type;
  std::vector<std::int64_t> shape;  // -1: the batch
};

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + (shape[i] < 0 ? std::string("B") : std::to_string(shape[i]));
  }
  return text + "]";
}

// Throws Ort::Exception. Empty when the tensor is as the contract says.
std::string compare(const Ort::TypeInfo& found, const Tensor& wanted) {
  if (found.GetONNXType() != ONNX_TYPE_TENSOR) return std::string(wanted.name) + " is no tensor";
  const auto info = found.GetTensorTypeAndShapeInfo();
  if (info.GetElementType() != wanted.type) return std::string(wanted.name) + " has another element type";
  const auto shape = info.GetShape();
  bool same = shape.size() == wanted.shape.size();
  for (std::size_t i = 0; same && i < shape.size(); ++i)
    same = shape[i] < 0 || wanted.shape[i] < 0 || shape[i] == wanted.shape[i];
  if (same && shape[0] > 0) return std::string(wanted.name) + " has a fixed batch size";
  if (!same)
    return std::string(wanted.name) + " has the shape " + shape_text(shape) + ", not " +
           shape_text(wanted.shape);
  return {};
}

// Throws Ort::Exception. Empty when the session's inputs and outputs are those of model_info.h.
std::string check_contract(const Ort::Session& session, const manifest::ModelInfo& model) {
  const auto real = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, whole = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
  const std::int64_t dims = motion::kMotionDims, window = model.window, columns = model.condition_columns;
  std::vector<Tensor> inputs = {{"x", real, {-1, window, dims}},
                                {"t", real, {-1}},
                                {"cond", real, {-1, window, columns}},
                                {"phrase", whole, {-1, window}}};
  if (model.masked) inputs.push_back({"mask", real, {-1, window, dims}});
  const Tensor output = {"x1", real, {-1, window, dims}};
  Ort::AllocatorWithDefaultOptions allocator;
  if (session.GetInputCount() != inputs.size())
    return "it has " + std::to_string(session.GetInputCount()) + " inputs, not " +
           std::to_string(inputs.size());
  for (const Tensor& wanted : inputs) {
    bool found = false;
    for (std::size_t i = 0; i < inputs.size() && !found; ++i) {
      if (session.GetInputNameAllocated(i, allocator).get() != std::string_view(wanted.name)) continue;
      found = true;
      if (auto wrong = compare(session.GetInputTypeInfo(i), wanted); !wrong.empty()) return wrong;
    }
    if (!found) return std::string("it has no input named ") + wanted.name;
  }
  for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
    if (session.GetOutputNameAllocated(i, allocator).get() != std::string_view(output.name)) continue;
    return compare(session.GetOutputTypeInfo(i), output);
  }
  return "it has no output named x1";
}

}  // namespace

struct Engine::State {
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session{nullptr};
  Ort::RunOptions run_options;
  std::atomic<bool> stopped{false};
  std::vector<float> x1;  // max_batch x W x 151
  std::int64_t window = 0;
  std::int64_t columns = 0;
  bool masked = false;
  int max_batch = 0;
  std::string description;

  // A tensor over memory of ours; ONNX Runtime only reads inputs, hence the const_cast.
  template <class T>
  Ort::Value tensor(std::span<const T> values, std::initializer_list<std::int64_t> shape) {
    return Ort::Value::CreateTensor<T>(memory, const_cast<T*>(values.data()), values.size(), shape.begin(),
                                       shape.size());
  }
};

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::load(std::span<const std::uint8_t> weights, const manifest::ModelInfo& model,
                            const EngineOptions& options) {
  if (model.window < 1 || model.condition_columns < 1 || options.threads < 1 || options.max_batch < 1) {
    return Error{ErrorCode::invalid_argument,
                 "the model's window and condition columns, threads and batch must be positive"};
  }
  try {
    auto state = std::make_unique<State>();
    Ort::SessionOptions session;
    session.SetIntraOpNumThreads(options.threads);
    session.SetInterOpNumThreads(1);
    session.SetExecutionMode(ORT_SEQUENTIAL);
    session.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    append_provider(session, options.device.kind);
    state->session = Ort::Session(ort_environment(), weights.data(), weights.size(), session);
    state->window = model.window;
    state->columns = model.condition_columns;
    state->masked = model.masked;
    state->max_batch = options.max_batch;
    if (auto wrong = check_contract(state->session, model); !wrong.empty()) {
      return Error{ErrorCode::bad_format,
                   "the network of model \"" + model.name + "\" does not fit its manifest entry: " + wrong};
    }
    state->x1.resize(static_cast<std::size_t>(options.max_batch * model.window) * motion::kMotionDims);
    state->description = options.device.name;
    if (options.device.kind == DeviceKind::cpu)
      state->description +=
          ", " + std::to_string(options.threads) + (options.threads == 1 ? " thread" : " threads");
    state->description += ", ONNX Runtime " + Ort::GetVersionString();
    return Engine(std::move(state));
  } catch (const std::exception& error) {
    if (options.device.kind != DeviceKind::cpu) {
      return Error{ErrorCode::unsupported, "the network of model \"" + model.name +
                                               "\" cannot be loaded on " + options.device.name + ": " +
                                               error.what() + "; use --device cpu"};
    }
    return Error{ErrorCode::bad_format,
                 "the network of model \"" + model.name + "\" cannot be loaded: " + error.what()};
  }
}

Result<std::span<const float>> Engine::run(const generate::StepInput& input) {
  State& s = *state_;
  const Error cancelled{ErrorCode::cancelled, "the network was stopped"};
  if (s.stopped) return cancelled;
  const auto batch = static_cast<std::size_t>(input.batch < 0 ? 0 : input.batch);
  const auto frames = batch * static_cast<std::size_t>(s.window);
  const auto values = frames * motion::kMotionDims;
  if (input.batch < 1 || input.batch > s.max_batch || input.x.size() != values || input.t.size() != batch ||
      input.cond.size() != frames * static_cast<std::size_t>(s.columns) || input.phrase.size() != frames ||
      input.mask.size() != (s.masked ? values : 0)) {
    return Error{ErrorCode::invalid_argument, "the tensors of a network evaluation have a wrong size"};
  }
  try {
    const auto b = static_cast<std::int64_t>(batch);
    const std::int64_t dims = motion::kMotionDims;
    std::vector<Ort::Value> inputs;
    inputs.push_back(s.tensor(input.x, {b, s.window, dims}));
    inputs.push_back(s.tensor(input.t, {b}));
    inputs.push_back(s.tensor(input.cond, {b, s.window, s.columns}));
    inputs.push_back(s.tensor(input.phrase, {b, s.window}));
    if (s.masked) inputs.push_back(s.tensor(input.mask, {b, s.window, dims}));
    const std::span<const float> result = std::span<const float>(s.x1).first(values);
    Ort::Value output = s.tensor(result, {b, s.window, dims});
    s.session.Run(s.run_options, kInputs.data(), inputs.data(), inputs.size(), kOutputs.data(), &output, 1);
    return result;
  } catch (const std::exception& error) {
    if (s.stopped) return cancelled;
    return Error{ErrorCode::internal, std::string("the network could not be run: ") + error.what()};
  }
}

void Engine::stop() {
  state_->stopped = true;
  state_->run_options.SetTerminate();
}

void Engine::resume() {
  state_->run_options.UnsetTerminate();
  state_->stopped = false;
}

const std::string& Engine::description() const {
  return state_->description;
}

int Engine::max_batch() const {
  return state_->max_batch;
}

}  // namespace terpsi::native
