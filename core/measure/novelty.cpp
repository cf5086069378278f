#include "measure/novelty.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace terpsi::measure {

namespace {

constexpr double kSampleSeconds = 0.1, kSegmentSeconds = 4;
constexpr double kCopied = 0.05;  // metres
constexpr float kNone = std::numeric_limits<float>::infinity();

// Least sum of distances over the paths of so many samples through one stretch, or `bound` if none is less.
// `costs` is scratch.
float best_path(std::span<const motion::BodyPose> segment, std::size_t step, std::size_t samples,
                const std::vector<motion::BodyPose>& stretch, float bound, std::vector<float>& costs) {
  const std::size_t n = stretch.size(), farthest = 2 * step;
  if (n < samples) return bound;
  costs.resize(n);
  for (std::size_t j = 0; j < n; ++j) costs[j] = motion::mean_joint_distance(segment[0], stretch[j]);
  for (std::size_t k = 1; k < samples; ++k) {
    const motion::BodyPose& pose = segment[k * step];
    for (std::size_t j = n; j-- > 0;) {  // downwards: costs of the sample before are still below j
      float before = kNone;
      for (std::size_t back = 1; back <= std::min(farthest, j); ++back)
        before = std::min(before, costs[j - back]);
      costs[j] = before < bound ? before + motion::mean_joint_distance(pose, stretch[j]) : kNone;
    }
  }
  return std::min(bound, *std::min_element(costs.begin(), costs.end()));
}

}  // namespace

Novelty novelty(std::span<const motion::BodyPose> dance,
                std::span<const std::vector<motion::BodyPose>> reference, double fps) {
  Novelty out;
  if (!(fps > 0)) return out;
  const auto step = static_cast<std::size_t>(std::max(1L, std::lround(kSampleSeconds * fps)));
  const auto samples = static_cast<std::size_t>(std::lround(kSegmentSeconds / kSampleSeconds));
  const std::size_t length = samples * step;
  std::vector<float> costs;
  std::size_t copied = 0;
  for (std::size_t from = 0; from + length <= dance.size(); from += length) {
    float best = kNone;
    for (const std::vector<motion::BodyPose>& stretch : reference)
      best = best_path(dance.subspan(from, length), step, samples, stretch, best, costs);
    if (best == kNone) continue;
    const double distance = static_cast<double>(best) / static_cast<double>(samples);
    out.least = out.segments == 0 ? distance : std::min(out.least, distance);
    out.distance += distance;
    copied += distance < kCopied;
    ++out.segments;
  }
  if (out.segments == 0) return out;
  out.distance /= static_cast<double>(out.segments);
  out.copied = static_cast<double>(copied) / static_cast<double>(out.segments);
  return out;
}

}  // namespace terpsi::measure
