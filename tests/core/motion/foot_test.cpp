#include "motion/foot.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/motion/random_motion.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

namespace {
const Vec3 kToBall = offset(kLFoot);
}

TEST_CASE("foot: rises beyond its length, a foot that points straight down, no numbers") {
  const float length = kToBall.norm();
  for (const float rise : {-1.f, 1.f, 0.f}) {
    const Quat q = with_rise(Quat::Identity(), kToBall, rise);
    CHECK(is_unit(q));
    CHECK((q * kToBall).y() == doctest::Approx(std::clamp(rise, -length, length)).epsilon(1e-3));
  }
  const Quat down = swing(kToBall, -Vec3::UnitY());
  CHECK(is_unit(with_rise(down, kToBall, -0.05f)));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(on_floor({Vec3(nan, nan, nan), Quat::Identity()}, kToBall, 1, 0).ankle.allFinite());
}

TEST_CASE("foot: the heel rises about a ball that stays, and the heading stays") {
  for (int i = 0; i < 50; ++i) {
    const Quat yaw = testing::turn(static_cast<float>(i), Vec3::UnitY());
    const FootPlace standing{{0.1f, kAnkleRestHeight, 0.2f}, yaw};
    const FootPlace raised = on_floor(standing, kToBall, 1, 0.04f);
    const Vec3 before = standing.ankle + standing.rotation * kToBall,
               after = raised.ankle + raised.rotation * kToBall;
    CHECK((after - before).norm() < 1e-4f);
    CHECK(raised.ankle.y() == doctest::Approx(kAnkleRestHeight + 0.04f).epsilon(0.01));
    const Vec3 a = standing.rotation * kToBall, b = raised.rotation * kToBall;
    CHECK(std::abs(a.x() * b.z() - a.z() * b.x()) < 1e-4f);
  }
}

TEST_CASE("foot: neither heel nor ball goes through the floor") {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> tilt(-0.9f, 0.9f), height(-0.05f, 0.2f), share(0, 1);
  for (int i = 0; i < 300; ++i) {
    const Quat q =
        testing::turn(tilt(random), Vec3::UnitX()) * testing::turn(0.3f * tilt(random), Vec3::UnitZ());
    const FootPlace foot = on_floor({{0, height(random), 0}, q}, kToBall, share(random), 0);
    if (foot.ankle.y() > -0.1f)
      CHECK(foot.ankle.y() + (foot.rotation * kToBall).y() > kFootRestHeight - 1e-3f);
  }
}
