#include "native/networks/recogniser.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/limits.h"
#include "measure/recogniser_input.h"
#include "motion/kinematics.h"
#include "native/io/file.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

constexpr std::array<const char*, 1> kInputs = {"motion"};
constexpr std::array<const char*, 1> kOutputs = {"probability"};
constexpr std::size_t kBatch = 32;  // windows in one evaluation
constexpr float kLeast = 1e-9f;     // a probability's logarithm is taken of at least this

// Throws Ort::Exception.
bool is_float_tensor(const Ort::TypeInfo& found, std::initializer_list<std::int64_t> wanted) {
  if (found.GetONNXType() != ONNX_TYPE_TENSOR) return false;
  const auto info = found.GetTensorTypeAndShapeInfo();
  const auto shape = info.GetShape();
  return info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && shape.size() == wanted.size() &&
         std::equal(shape.begin(), shape.end(), wanted.begin(),
                    [](std::int64_t is, std::int64_t want) { return is < 0 || is == want; }) &&
         shape[0] < 0;
}

// Throws Ort::Exception. Empty when the network is as recogniser_info.h says.
std::string check_contract(const Ort::Session& session, const manifest::RecogniserInfo& info) {
  Ort::AllocatorWithDefaultOptions allocator;
  if (session.GetInputCount() != 1 || session.GetOutputCount() != 1)
    return "it must have one input and one output";
  if (session.GetInputNameAllocated(0, allocator).get() != std::string_view(kInputs[0]) ||
      !is_float_tensor(session.GetInputTypeInfo(0), {-1, info.window, measure::kRecogniserChannels}))
    return "its input is not motion [B, " + std::to_string(info.window) + ", " +
           std::to_string(measure::kRecogniserChannels) + "]";
  if (session.GetOutputNameAllocated(0, allocator).get() != std::string_view(kOutputs[0]) ||
      !is_float_tensor(session.GetOutputTypeInfo(0), {-1, static_cast<std::int64_t>(info.styles.size())}))
    return "its output is not probability [B, " + std::to_string(info.styles.size()) + "]";
  return {};
}

// The column with the largest sum of logarithms.
int likeliest(std::span<const float> probabilities, std::size_t styles) {
  std::vector<double> sum(styles);
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    sum[i % styles] += std::log(static_cast<double>(std::max(probabilities[i], kLeast)));
  return static_cast<int>(std::max_element(sum.begin(), sum.end()) - sum.begin());
}

}  // namespace

double Recognition::share(int style_index) const {
  if (windows.empty()) return 0;
  return static_cast<double>(std::count(windows.begin(), windows.end(), style_index)) /
         static_cast<double>(windows.size());
}

void Recognition::add(const Recognition& other) {
  if (other.windows.empty()) return;
  starts.insert(starts.end(), other.starts.begin(), other.starts.end());
  probabilities.insert(probabilities.end(), other.probabilities.begin(), other.probabilities.end());
  windows.insert(windows.end(), other.windows.begin(), other.windows.end());
  style = likeliest(probabilities, probabilities.size() / windows.size());
}

struct Recogniser::State {
  Ort::Env env{ORT_LOGGING_LEVEL_FATAL, "terpsi"};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session{nullptr};
  manifest::RecogniserInfo info;

  // Throws Ort::Exception. `input` [count, W, 144] -> `output` [count, styles].
  void run(std::span<float> input, std::span<float> output, std::size_t count) {
    const auto b = static_cast<std::int64_t>(count);
    const std::array<std::int64_t, 3> in = {b, info.window, measure::kRecogniserChannels};
    const std::array<std::int64_t, 2> out = {b, static_cast<std::int64_t>(info.styles.size())};
    const Ort::Value x =
        Ort::Value::CreateTensor<float>(memory, input.data(), input.size(), in.data(), in.size());
    Ort::Value y =
        Ort::Value::CreateTensor<float>(memory, output.data(), output.size(), out.data(), out.size());
    session.Run(Ort::RunOptions{nullptr}, kInputs.data(), &x, 1, kOutputs.data(), &y, 1);
  }
};

Recogniser::Recogniser(std::unique_ptr<State> state) : state_(std::move(state)) {}
Recogniser::Recogniser(Recogniser&&) noexcept = default;
Recogniser& Recogniser::operator=(Recogniser&&) noexcept = default;
Recogniser::~Recogniser() = default;

Result<Recogniser> Recogniser::load(std::span<const std::uint8_t> weights,
                                    const manifest::RecogniserInfo& info) {
  try {
    auto state = std::make_unique<State>();
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.SetInterOpNumThreads(1);
    state->session = Ort::Session(state->env, weights.data(), weights.size(), options);
    if (const auto wrong = check_contract(state->session, info); !wrong.empty()) {
      return Error{ErrorCode::bad_format, "the network of recogniser \"" + info.name +
                                              "\" does not fit its manifest entry: " + wrong};
    }
    state->info = info;
    return Recogniser(std::move(state));
  } catch (const std::exception& error) {
    return Error{ErrorCode::bad_format,
                 "the network of recogniser \"" + info.name + "\" cannot be loaded: " + error.what()};
  }
}

Result<Recognition> Recogniser::recognise(const motion::Clip& clip) {
  if (clip.fps != static_cast<float>(limits::kFps)) {
    return Error{ErrorCode::invalid_argument, "styles are recognised at 30 frames a second"};
  }
  return recognise(motion::joint_positions(clip));
}

Result<Recognition> Recogniser::recognise(std::span<const motion::JointPositions> joints) {
  for (const auto& frame : joints) {
    for (const auto& joint : frame) {
      if (!joint.allFinite())
        return Error{ErrorCode::invalid_argument, "the motion has positions that are not finite"};
    }
  }
  State& s = *state_;
  const auto window = static_cast<std::size_t>(s.info.window), styles = s.info.styles.size();
  Recognition found;
  found.starts = measure::recogniser_windows(joints.size(), window, static_cast<std::size_t>(s.info.hop));
  const std::size_t count = found.starts.size();
  if (count == 0) {
    return Error{ErrorCode::empty, "the motion is shorter than the " + std::to_string(s.info.window) +
                                       " frames in which a style is recognised"};
  }
  found.probabilities.resize(count * styles);
  std::vector<float> input;
  for (std::size_t first = 0; first < count; first += kBatch) {
    const std::size_t batch = std::min(kBatch, count - first);
    input.clear();
    for (std::size_t i = first; i < first + batch; ++i) {
      const auto one = measure::recogniser_input(joints.subspan(found.starts[i], window));
      input.insert(input.end(), one.begin(), one.end());
    }
    try {
      s.run(input, std::span(found.probabilities).subspan(first * styles, batch * styles), batch);
    } catch (const std::exception& error) {
      return Error{ErrorCode::internal, std::string("the recogniser could not be run: ") + error.what()};
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(found.probabilities).subspan(i * styles, styles);
    found.windows.push_back(static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  found.style = likeliest(found.probabilities, styles);
  return found;
}

const manifest::RecogniserInfo& Recogniser::info() const {
  return state_->info;
}

Result<Recogniser> load_recogniser(const std::string& folder) {
  const auto manifest = read_file(folder + "/manifest.json", limits::kMaxManifestBytes);
  if (!manifest) return manifest.error();
  const auto info =
      manifest::parse_recogniser({reinterpret_cast<const char*>(manifest->data()), manifest->size()});
  if (!info) return info.error();
  const auto weights = load_weights(folder, *info);
  if (!weights && weights.error().code == ErrorCode::not_found)
    return Error{ErrorCode::io, weights.error().message};
  if (!weights) return weights.error();
  return Recogniser::load(*weights, *info);
}

}  // namespace terpsi::native
