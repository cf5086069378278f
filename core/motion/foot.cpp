#include "motion/foot.h"

#include <algorithm>
#include <cmath>

#include "motion/rotation.h"

namespace terpsi::motion {

namespace {
constexpr float kHeelDown = 0.068f, kHeelBack = 0.03f;  // of the heel below and behind the ankle, metres
}

Quat with_rise(const Quat& rotation, const Vec3& to_ball, float rise) {
  const Vec3 now = rotation * to_ball;
  const Vec3 level(now.x(), 0, now.z());
  const float length = now.norm();
  const float y = std::clamp(rise, -length, length);
  const Vec3 wanted =
      std::sqrt(length * length - y * y) * unit_or(level, rotation * Vec3::UnitZ()) + Vec3(0, y, 0);
  return swing(now, wanted) * rotation;
}

FootPlace on_floor(const FootPlace& given, const Vec3& to_ball, float planted, float heel_rise) {
  FootPlace foot = given;
  const Quat& rotation = given.rotation;
  const Vec3 ball = foot.ankle + rotation * to_ball;
  const float heel = foot.ankle.y() + (rotation * Vec3(0, -kHeelDown, -kHeelBack)).y();
  if (heel < 0) {
    const Quat raised = with_rise(rotation, to_ball, ball.y() - (foot.ankle.y() - heel));
    const Vec3 about_ball = ball - raised * to_ball;
    foot.ankle = planted * about_ball + (1 - planted) * (foot.ankle - Vec3(0, heel, 0));
    foot.rotation = rotation.slerp(planted, raised);
  }
  const float ball_height = foot.ankle.y() + (foot.rotation * to_ball).y();
  if (ball_height < kFootRestHeight)
    foot.rotation = with_rise(foot.rotation, to_ball, kFootRestHeight - foot.ankle.y());
  if (heel_rise > 0) {
    const Vec3 standing = foot.ankle + foot.rotation * to_ball;
    foot.rotation = with_rise(foot.rotation, to_ball, (foot.rotation * to_ball).y() - heel_rise);
    foot.ankle = standing - foot.rotation * to_ball;
  }
  return foot;
}

}  // namespace terpsi::motion
