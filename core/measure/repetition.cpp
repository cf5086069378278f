#include "measure/repetition.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace terpsi::measure {

namespace {
constexpr double kPoseSeconds = 0.1;
constexpr std::ptrdiff_t kHopSteps = 5, kWindowSteps = 20;
constexpr double kSamePose = 0.05;  // metres
}  // namespace

Repetition repetition(std::span<const motion::BodyPose> poses, double fps) {
  Repetition out;
  if (!(fps > 0)) return out;
  const auto n = static_cast<std::ptrdiff_t>(poses.size());
  const std::ptrdiff_t step = std::max<std::ptrdiff_t>(1, std::lround(kPoseSeconds * fps));
  const std::ptrdiff_t length = kWindowSteps * step;
  if (n < 2 * length) return out;

  const std::ptrdiff_t samples = (n - 1) / step + 1;  // of the whole dance
  const auto count = static_cast<std::size_t>((n - length) / (kHopSteps * step) + 1);
  std::vector<double> nearest(count, std::numeric_limits<double>::infinity());
  std::vector<double> sums(static_cast<std::size_t>(samples) + 1);  // of the distances along one shift
  for (std::ptrdiff_t shift = length - n; shift <= n - length; ++shift) {
    if (std::abs(shift) < length) continue;
    const std::ptrdiff_t first = shift < 0 ? (-shift + step - 1) / step : 0;
    const std::ptrdiff_t last = std::min(samples, (n - 1 - std::max<std::ptrdiff_t>(0, shift)) / step + 1);
    double sum = 0;
    for (std::ptrdiff_t k = first; k < last; ++k) {
      sums[static_cast<std::size_t>(k)] = sum;
      sum += static_cast<double>(motion::mean_joint_distance(
          poses[static_cast<std::size_t>(k * step)], poses[static_cast<std::size_t>(k * step + shift)]));
    }
    sums[static_cast<std::size_t>(last)] = sum;
    for (std::ptrdiff_t w = (first + kHopSteps - 1) / kHopSteps; w < static_cast<std::ptrdiff_t>(count);
         ++w) {
      const std::ptrdiff_t from = w * kHopSteps, to = from + kWindowSteps;
      if (to > last || to * step + shift > n) break;
      double& best = nearest[static_cast<std::size_t>(w)];
      best = std::min(best, (sums[static_cast<std::size_t>(to)] - sums[static_cast<std::size_t>(from)]) /
                                static_cast<double>(kWindowSteps));
    }
  }
  std::size_t near = 0;
  for (const double distance : nearest) {
    if (!std::isfinite(distance)) continue;
    ++out.windows;
    near += distance < kSamePose;
    out.distance += distance;
  }
  if (out.windows == 0) return out;
  out.share = static_cast<double>(near) / static_cast<double>(out.windows);
  out.distance /= static_cast<double>(out.windows);
  return out;
}

}  // namespace terpsi::measure
