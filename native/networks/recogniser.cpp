#include "native/networks/recogniser.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/limits.h"
#include "measure/recogniser_input.h"
#include "motion/kinematics.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kWindowBatch = 32;  // windows in one evaluation
constexpr float kLeast = 1e-9f;           // floor of a probability before its logarithm is taken

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

Result<Recogniser> Recogniser::load(std::span<const std::uint8_t> onnx,
                                    const manifest::RecogniserInfo& info) {
  const auto styles = static_cast<std::int64_t>(info.styles.size());
  auto network = Network::load(onnx, info.name,
                               {{{"motion", {kFreeSize, info.window, measure::kRecogniserChannels}}},
                                {{"probability", {kFreeSize, styles}}}});
  if (!network) return network.error();
  return Recogniser(std::move(*network), info);
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
  const auto window = static_cast<std::size_t>(info_.window), styles = info_.styles.size();
  Recognition found;
  found.starts = measure::recogniser_windows(joints.size(), window, static_cast<std::size_t>(info_.hop));
  const std::size_t count = found.starts.size();
  if (count == 0) {
    return Error{ErrorCode::empty, "the motion is shorter than the " + std::to_string(info_.window) +
                                       " frames in which a style is recognised"};
  }
  found.probabilities.resize(count * styles);
  std::vector<float> input;
  for (std::size_t first = 0; first < count; first += kWindowBatch) {
    const std::size_t batch = std::min(kWindowBatch, count - first);
    input.clear();
    for (std::size_t i = first; i < first + batch; ++i) {
      const auto one = measure::recogniser_input(joints.subspan(found.starts[i], window));
      input.insert(input.end(), one.begin(), one.end());
    }
    const auto out = std::span(found.probabilities).subspan(first * styles, batch * styles);
    if (auto status = network_.run(static_cast<std::int64_t>(batch), {input}, {out}); !status)
      return status.error();
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(found.probabilities).subspan(i * styles, styles);
    found.windows.push_back(static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  found.style = likeliest(found.probabilities, styles);
  return found;
}

Result<Recogniser> load_recogniser(const Models& models) {
  if (!models.recogniser) return models.recogniser.error();
  const auto weights = load_weights(models.folder, *models.recogniser);
  if (!weights) return weights.error();
  return Recogniser::load(*weights, *models.recogniser);
}

}  // namespace terpsi::native
