#include "picture/cones.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace terpsi;
using namespace terpsi::picture;

namespace {

// How far p lies outside a cone of full depth: the least over spheres along its axis. 0 on the surface.
float outside(const motion::Capsule& cone, const Vec3& p) {
  float least = 1e9f;
  for (int i = 0; i <= 300; ++i) {
    const float s = static_cast<float>(i) / 300;
    const Eigen::Vector4f c = cone.a + (cone.b - cone.a) * s;
    least = std::min(least, (p - Vec3(c.head<3>())).norm() - c.w());
  }
  return least;
}

}  // namespace

TEST_CASE("rays enter cones where a walk along them does") {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> any(-1, 1);
  int hits = 0, misses = 0;
  for (int round = 0; round < 600; ++round) {
    motion::Capsule cone;
    cone.a = {any(random), any(random), any(random), 0.1f + 0.1f * std::abs(any(random))};
    cone.b = {any(random), any(random), any(random), 0.05f + 0.1f * std::abs(any(random))};
    if (round % 7 == 0) cone.b.head<3>() = cone.a.head<3>();  // a sphere in a sphere
    cone.wide = {1, 0, 0, 1};
    const Vec3 eye(0, 0, 4);
    const Vec3 ray(0.2f * any(random), 0.2f * any(random), -1.3f);
    const float t = CastCone(cone, eye).hit(ray);
    float walked = -1;
    for (float at = 1.5f; at < 5.f && walked < 0; at += 0.002f)
      if (outside(cone, eye + ray * at) < 0) walked = at;
    if (std::isfinite(t)) {
      ++hits;
      CHECK(std::abs(outside(cone, eye + ray * t)) < 2e-3f);
      if (walked > 0) CHECK(std::abs(walked - t) < 0.04f);  // grazing hits are walked past
      const Vec3 n = CastCone(cone, eye).normal(eye + ray * t);
      CHECK(std::abs(n.norm() - 1) < 1e-4f);
      CHECK(outside(cone, eye + ray * t + n * 0.05f) > 0.04f);
      CHECK(n.dot(ray) < 1e-2f);
    } else {
      ++misses;
      CHECK(walked < 0);
    }
  }
  CHECK(hits > 40);
  CHECK(misses > 40);
}

TEST_CASE("a thin cone is thinner across") {
  motion::Capsule cone;
  cone.a = {0, 0, 0, 0.2f};
  cone.b = {0, 1, 0, 0.2f};
  cone.wide = {1, 0, 0, 0.5f};
  CHECK(CastCone(cone, {0, 0.5f, 3}).hit({0, 0, -1}) == doctest::Approx(2.9).epsilon(1e-4));
  CHECK(CastCone(cone, {3, 0.5f, 0}).hit({-1, 0, 0}) == doctest::Approx(2.8).epsilon(1e-4));
  CHECK(CastCone(cone, {3, 0.5f, 0}).normal({0, 0.5f, 0.1f}).z() == doctest::Approx(1).epsilon(1e-4));
}

TEST_CASE("bodies darken what is below them and leave the rest") {
  const motion::Body body = motion::make_body(motion::world_pose(motion::Frame()));
  const Vec3 up = Vec3::UnitY();
  const float below = sky_visibility(body, {0, 0, 0}, up, 0), beside = sky_visibility(body, {3, 0, 0}, up, 0);
  CHECK(below < 0.9f);
  CHECK(beside > 0.98f);
  CHECK(light_visibility(body, {0, 0, 0}, up, 0.1f, 0) == 0);
  CHECK(light_visibility(body, {3, 0, 0}, up, 0.1f, 0) == 1);
  CHECK(light_visibility(body, {0, 0, 0}, up, 0.1f, (1 << 24) - 1) == 1);  // all skipped
}
