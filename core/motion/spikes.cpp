#include "motion/spikes.h"

#include <algorithm>
#include <vector>

#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/smoothing.h"

namespace terpsi::motion {

namespace {

constexpr float kHandFrom = 200.f, kHandTo = 320.f;   // m/s^2
constexpr float kTurnFrom = 200.f, kTurnTo = 400.f;   // rad/s^2
constexpr float kJerkFrom = 800.f, kJerkTo = 1600.f;  // m/s^3, mean of the joints
constexpr float kSpanSeconds = 0.1f;

// Mean jerk of the joints between frames i and i + 1, m/s^3. Precondition: 1 <= i, i + 2 < frames.
float mean_jerk(const std::vector<JointPositions>& joints, std::size_t i, float fps) {
  float sum = 0;
  for (std::size_t j = 0; j < kJoints; ++j)
    sum += (joints[i + 2][j] - 3 * joints[i + 1][j] + 3 * joints[i][j] - joints[i - 1][j]).norm();
  return sum / static_cast<float>(kJoints) * fps * fps * fps;
}

// Rotation vector from a to b in the world, radians; 0 where there is nothing but rounding.
Vec3 turn_between(const Quat& a, const Quat& b) {
  const Quat d = b * a.conjugate();
  return d.vec().norm() > 1e-6f ? rotation_vector(d) : Vec3(Vec3::Zero());
}

}  // namespace

void ease_spikes(Clip& clip) {
  const std::size_t frames = clip.size();
  if (frames < 3 || !(clip.fps > 0)) return;
  const float squared = clip.fps * clip.fps;
  const std::vector<JointPositions> joints = joint_positions(clip);
  std::vector<float> needs(frames, 0.f);
  for (std::size_t i = 1; i + 1 < frames; ++i) {
    for (const std::size_t hand : {kLHand, kRHand}) {
      const Vec3 a = squared * (joints[i + 1][hand] - 2 * joints[i][hand] + joints[i - 1][hand]);
      needs[i] = std::max(needs[i], smoothstep(a.norm(), kHandFrom, kHandTo));
    }
    const auto pelvis = [&](std::size_t k) -> const Quat& { return clip.frames[k].rotations[kPelvis]; };
    const Vec3 a =
        squared * (turn_between(pelvis(i), pelvis(i + 1)) - turn_between(pelvis(i - 1), pelvis(i)));
    needs[i] = std::max(needs[i], smoothstep(a.norm(), kTurnFrom, kTurnTo));
    if (i + 2 < frames) {
      const float need = smoothstep(mean_jerk(joints, i, clip.fps), kJerkFrom, kJerkTo);
      for (const std::size_t k : {i, i + 1}) needs[k] = std::max(needs[k], need);
    }
  }
  const std::size_t span = as_frames(kSpanSeconds, clip.fps);
  const std::vector<float> share = smooth_envelope(needs, span);
  const std::vector<float> kernel = hann_kernel(span);
  const auto last = static_cast<std::ptrdiff_t>(frames) - 1, reach = static_cast<std::ptrdiff_t>(span);
  const std::vector<Frame> before = clip.frames;
  for (std::size_t i = 0; i < frames; ++i) {
    if (!(share[i] > 0)) continue;
    Vec3 root = Vec3::Zero();
    std::array<Eigen::Vector4f, kJoints> sums;
    sums.fill(Eigen::Vector4f::Zero());
    float total = 0;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      const float weight = kernel[static_cast<std::size_t>(k + reach)];
      const std::ptrdiff_t at = std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(i) + k, 0, last);
      const Frame& frame = before[static_cast<std::size_t>(at)];
      total += weight;
      root += weight * frame.root;
      for (std::size_t j = 0; j < kJoints; ++j)
        sums[j] += weight * same_hemisphere(frame.rotations[j], before[i].rotations[j]).coeffs();
    }
    Frame& out = clip.frames[i];
    out.root += share[i] * (root / total - out.root);
    for (std::size_t j = 0; j < kJoints; ++j) {
      if (!(sums[j].norm() > 0.1f * total)) continue;
      out.rotations[j] = before[i].rotations[j].slerp(share[i], Quat(Eigen::Vector4f(sums[j].normalized())));
    }
  }
}

}  // namespace terpsi::motion
