#include "motion/toe_reach.h"

#include <algorithm>
#include <array>
#include <vector>

#include "motion/floor.h"
#include "motion/foot.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/smoothing.h"

namespace terpsi::motion {

namespace {

// Heights of the ankle between which it gives up, metres.
constexpr float kReachable = 0.14f, kTooHigh = 0.18f;
constexpr float kLead = 0.02f;          // metres by which one foot must be lower to be the only one turned
constexpr float kSmoothSeconds = 0.1f;  // half the span over which it comes and goes

}  // namespace

void reach_for_floor(Clip& clip) {
  const std::size_t frames = clip.size();
  if (frames == 0 || !(clip.fps > 0)) return;
  std::array<std::vector<float>, 2> lower;  // metres by which the ball is to come down
  for (auto& values : lower) values.resize(frames);
  const std::vector<Pose> poses = world_poses(clip);
  for (std::size_t i = 0; i < frames; ++i) {
    const JointPositions& at = poses[i].positions;
    const float gap = std::max(0.f, lowest_point(at));
    for (std::size_t side = 0; side < 2; ++side) {
      const float ankle = at[kLegs[side].ankle].y(), other = at[kLegs[1 - side].ankle].y();
      const float share =
          (1 - smoothstep(ankle, kReachable, kTooHigh)) * smoothstep(other - ankle, -kLead, kLead);
      lower[side][i] = share * std::min(gap, std::max(0.f, at[kLegs[side].ball].y() - kFootRestHeight));
    }
  }
  const std::size_t reach = as_frames(kSmoothSeconds, clip.fps);
  for (std::size_t side = 0; side < 2; ++side) {
    const std::vector<float> smooth = hann_mean(lower[side], reach);
    const Vec3 to_ball = offset(kLegs[side].ball);
    for (std::size_t i = 0; i < frames; ++i) {
      if (!(smooth[i] > 0)) continue;
      const Quat& world = poses[i].rotations[kLegs[side].ankle];
      const float now = (world * to_ball).y(), rise = std::max(now - smooth[i], -0.97f * to_ball.norm());
      if (rise >= now) continue;
      const Quat turned = with_rise(world, to_ball, rise);
      Quat& local = clip.frames[i].rotations[kLegs[side].ankle];
      local = same_hemisphere((local * world.conjugate() * turned).normalized(), local);
    }
  }
}

}  // namespace terpsi::motion
