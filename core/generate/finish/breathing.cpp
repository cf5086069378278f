#include "generate/finish/breathing.h"

#include <cmath>
#include <numbers>

namespace terpsi::generate {
namespace {

constexpr double kPeriod = 2.6;  // seconds

// One joint's part: turns about `axis` (in the joint's own frame) by `radians` at most, `lag` behind the
// chest.
struct Part {
  int joint;
  motion::Vec3 axis;
  float radians, lag;
};

}  // namespace

void add_breath(motion::Frame& frame, double t, float amount) {
  using namespace motion;
  static const Part kParts[] = {
      {kSpine2, Vec3::UnitX(), -0.016f, 0.f},    {kSpine3, Vec3::UnitX(), -0.020f, 0.1f},
      {kNeck, Vec3::UnitX(), 0.020f, 0.5f},      {kHead, Vec3::UnitX(), 0.012f, 0.9f},
      {kLCollar, Vec3::UnitZ(), 0.024f, 0.2f},   {kRCollar, Vec3::UnitZ(), -0.024f, 0.2f},
      {kLShoulder, Vec3::UnitZ(), 0.022f, 0.8f}, {kRShoulder, Vec3::UnitZ(), -0.022f, 1.2f},
      {kLElbow, Vec3::UnitY(), 0.050f, 1.5f},    {kRElbow, Vec3::UnitY(), -0.050f, 2.1f},
  };
  if (!(amount > 0.f)) return;
  const auto phase = static_cast<float>(2 * std::numbers::pi * std::fmod(t / kPeriod, 1.0));
  for (const Part& part : kParts) {
    const float angle = amount * part.radians * std::sin(phase - part.lag);
    Quat& q = frame.rotations[static_cast<std::size_t>(part.joint)];
    q = (q * Quat(Eigen::AngleAxisf(angle, part.axis))).normalized();
  }
}

}  // namespace terpsi::generate
