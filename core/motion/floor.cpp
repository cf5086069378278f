#include "motion/floor.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "motion/kinematics.h"
#include "motion/smoothing.h"

namespace terpsi::motion {

namespace {

constexpr float kWindowSeconds = 1.2f;                       // window of the local floor
constexpr float kSmoothSeconds = 0.35f;                      // standard deviation of its smoothing
constexpr float kMostCorrection = 0.08f;                     // metres, beyond the clip's constant
constexpr float kSettlePast = 0.5f, kSettleFuture = 0.134f;  // seconds a jump may hide the floor for
constexpr float kStillSpeed = 0.35f;  // m/s; a body part that rests on the floor is slower than about this

struct Support {
  float height;  // of the lowest point, metres
  float weight;  // 0 to 1: how still it is, that is how likely the body rests on it
};

// Weighted median of the heights; 0 if none has weight. Reorders the supports.
float median_height(std::vector<Support>& supports) {
  std::sort(supports.begin(), supports.end(),
            [](const Support& a, const Support& b) { return a.height < b.height; });
  float total = 0;
  for (const Support& s : supports) total += s.weight;
  float sum = 0;
  for (const Support& s : supports) {
    sum += s.weight;
    if (sum > 0 && sum >= 0.5f * total) return s.height;
  }
  return 0;
}

// Height of each joint when the body rests on it, metres; 0 = never rests on it.
constexpr std::array<float, kJoints> kRestingHeight = [] {
  std::array<float, kJoints> height{};
  height[kLAnkle] = height[kRAnkle] = kAnkleRestHeight;
  height[kLFoot] = height[kRFoot] = kFootRestHeight;
  height[kLKnee] = height[kRKnee] = 0.055f;
  height[kLHand] = height[kRHand] = 0.020f;
  height[kLElbow] = height[kRElbow] = 0.040f;
  height[kPelvis] = 0.110f;
  height[kHead] = 0.110f;
  return height;
}();

std::size_t lowest_joint(const JointPositions& joints) {
  std::size_t lowest = kLFoot;
  for (std::size_t j = 0; j < kJoints; ++j)
    if (kRestingHeight[j] > 0 &&
        joints[j].y() - kRestingHeight[j] < joints[lowest].y() - kRestingHeight[lowest])
      lowest = j;
  return lowest;
}

}  // namespace

float lowest_point(const JointPositions& joints) {
  const std::size_t lowest = lowest_joint(joints);
  return joints[lowest].y() - kRestingHeight[lowest];
}

void level_floor(Clip& clip, const std::vector<std::uint8_t>& bad) {
  const std::size_t frames = clip.size();
  if (frames == 0) return;
  const std::vector<JointPositions> joints = joint_positions(clip);
  std::vector<Support> supports(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const std::size_t low = lowest_joint(joints[i]);
    const std::size_t a = i > 0 ? i - 1 : 0, b = std::min(i + 1, frames - 1);
    const float span = static_cast<float>(std::max<std::size_t>(1, b - a)) / clip.fps;
    const float speed = (joints[b][low] - joints[a][low]).norm() / span / kStillSpeed;
    const bool usable = i >= bad.size() || !bad[i];
    supports[i] = {joints[i][low].y() - kRestingHeight[low],
                   usable ? std::exp(-0.5f * speed * speed) + 1e-4f : 1e-6f};
  }
  std::vector<Support> sample = supports;
  const float constant = median_height(sample);

  // Local floor and how much it is worth, then both smoothed.
  const std::size_t half = as_frames(0.5f * kWindowSeconds, clip.fps);
  std::vector<Support> local(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const std::size_t begin = i > half ? i - half : 0, end = std::min(frames, i + half + 1);
    sample.assign(supports.begin() + static_cast<std::ptrdiff_t>(begin),
                  supports.begin() + static_cast<std::ptrdiff_t>(end));
    float weight = 0;
    for (const Support& s : sample) weight += s.weight;
    local[i] = {std::clamp(median_height(sample) - constant, -kMostCorrection, kMostCorrection), weight};
  }
  const float sigma = std::max(1.f, kSmoothSeconds * clip.fps);
  const auto reach = static_cast<std::size_t>(std::ceil(3 * sigma));
  const std::vector<float> kernel = gaussian_kernel(sigma, static_cast<std::ptrdiff_t>(reach));
  for (std::size_t i = 0; i < frames; ++i) {
    const std::size_t begin = i > reach ? i - reach : 0, end = std::min(frames, i + reach + 1);
    float sum = 0, weight = 1e-9f;
    for (std::size_t k = begin; k < end; ++k) {
      const float w = kernel[k + reach - i] * local[k].weight;
      sum += w * local[k].height;
      weight += w;
    }
    clip.frames[i].root.y() -= constant + sum / weight;
  }
}

void settle_on_floor(Clip& clip) {
  const std::size_t frames = clip.size();
  if (frames == 0 || !(clip.fps > 0)) return;
  std::vector<float> low(frames), gap(frames);
  for (std::size_t i = 0; i < frames; ++i) low[i] = lowest_point(joint_positions(clip.frames[i]));
  const auto past = static_cast<std::size_t>(std::round(kSettlePast * clip.fps)),
             future = static_cast<std::size_t>(std::round(kSettleFuture * clip.fps));
  for (std::size_t i = 0; i < frames; ++i) {
    const auto begin = low.begin() + static_cast<std::ptrdiff_t>(i > past ? i - past : 0),
               end = low.begin() + static_cast<std::ptrdiff_t>(std::min(frames, i + future + 1));
    gap[i] = std::clamp(*std::min_element(begin, end), 0.f, kMostCorrection);
  }
  // Smoothed over no more than the window's shorter side, the gap stays below every height near it.
  const std::vector<float> smooth = hann_mean(gap, future);
  for (std::size_t i = 0; i < frames; ++i) clip.frames[i].root.y() -= smooth[i];
}

}  // namespace terpsi::motion
