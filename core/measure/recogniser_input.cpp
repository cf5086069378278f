#include "measure/recogniser_input.h"

#include <algorithm>

#include "base/limits.h"

namespace terpsi::measure {

using namespace motion;

namespace {

constexpr std::size_t kHeadingReach = 7;  // frames to each side whose headings count
constexpr double kUpright = 1e-6;         // m; a shorter sum has no heading

// The dancer's left in the plane, (x, z), unit.
Eigen::Vector2d left_of(std::span<const JointPositions> window, std::size_t frame) {
  const std::size_t first = frame > kHeadingReach ? frame - kHeadingReach : 0;
  const std::size_t last = std::min(window.size(), frame + kHeadingReach + 1);
  Eigen::Vector2d sum = Eigen::Vector2d::Zero();
  for (std::size_t i = first; i < last; ++i) {
    const JointPositions& p = window[i];
    const Vec3 axis = p[kLHip] - p[kRHip] + p[kLShoulder] - p[kRShoulder];
    sum += Eigen::Vector2d(axis.x(), axis.z());
  }
  const double size = sum.norm();
  if (!(size > kUpright)) return Eigen::Vector2d::UnitX();
  return sum / size;
}

}  // namespace

std::vector<std::size_t> recogniser_windows(std::size_t frames, std::size_t window, std::size_t hop) {
  std::vector<std::size_t> starts;
  if (window == 0 || hop == 0 || frames < window) return starts;
  const std::size_t last = frames - window;
  for (std::size_t start = 0; start < last; start += hop) starts.push_back(start);
  starts.push_back(last);
  return starts;
}

std::vector<float> recogniser_input(std::span<const JointPositions> window) {
  const std::size_t frames = window.size();
  std::vector<float> out(frames * kRecogniserChannels);
  for (std::size_t i = 0; i < frames; ++i) {
    const Eigen::Vector2d left = left_of(window, i);
    const auto c = static_cast<float>(left.x()), s = static_cast<float>(left.y());
    const auto put = [&](std::size_t at, const Vec3& v) {
      out[at] = c * v.x() + s * v.z();
      out[at + 1] = v.y();
      out[at + 2] = c * v.z() - s * v.x();
    };
    const std::size_t before = i > 0 ? i - 1 : 0, after = std::min(i + 1, frames - 1);
    const float rate =
        after > before ? static_cast<float>(limits::kFps) / static_cast<float>(after - before) : 0;
    const Vec3 below(window[i][kPelvis].x(), 0, window[i][kPelvis].z());
    for (std::size_t j = 0; j < kJoints; ++j) {
      const std::size_t at = i * kRecogniserChannels + 3 * j;
      put(at, window[i][j] - below);
      put(at + 3 * kJoints, (window[after][j] - window[before][j]) * rate);
    }
  }
  return out;
}

}  // namespace terpsi::measure
