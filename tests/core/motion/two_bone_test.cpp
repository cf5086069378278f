#include "motion/two_bone.h"

#include <doctest/doctest.h>

#include <random>

#include "motion/kinematics.h"

using namespace terpsi::motion;

TEST_CASE("impossible targets give a finite leg of the right length") {
  for (const Vec3& ankle : {Vec3(0, 1, 0), Vec3(0, 1.0001f, 0), Vec3(50, 0, 0)})
    for (const Vec3& pole : {Vec3(0, 0, 0), Vec3(0, -1, 0), Vec3(0, 0, 1)}) {
      const LegSolution s = solve_leg({{0, 1, 0}, ankle, pole, leg_length()});
      CHECK(s.knee.allFinite());
      CHECK(s.ankle.allFinite());
      CHECK((s.knee - Vec3(0, 1, 0)).norm() == doctest::Approx(bone_length(kLKnee)).epsilon(1e-3));
      CHECK((s.ankle - s.knee).norm() == doctest::Approx(bone_length(kLAnkle)).epsilon(1e-3));
    }
}

TEST_CASE("reachable targets are reached with the knee towards the pole") {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> u(-0.4f, 0.4f);
  for (int i = 0; i < 300; ++i) {
    const Vec3 hip(0, 0.9f, 0), ankle(u(random), 0.2f + u(random) * 0.4f, u(random)), pole(u(random), 0, 1);
    const LegSolution s = solve_leg({hip, ankle, pole, leg_length()});
    CHECK((s.knee - hip).norm() == doctest::Approx(bone_length(kLKnee)).epsilon(1e-4));
    CHECK((s.ankle - s.knee).norm() == doctest::Approx(bone_length(kLAnkle)).epsilon(1e-4));
    if ((ankle - hip).norm() > 0.2f && (ankle - hip).norm() < leg_length())
      CHECK((s.ankle - ankle).norm() < 1e-4f);
    const Vec3 along = (ankle - hip).normalized();
    const Vec3 across = pole - along.dot(pole) * along;
    CHECK((s.knee - hip).dot(across) >= -1e-5f);
  }
}
