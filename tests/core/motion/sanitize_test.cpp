#include "motion/sanitize.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/motion/random_motion.h"
#include "motion/rotation.h"

using namespace terpsi::motion;

TEST_CASE("garbage becomes the frame before") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const Frame last = testing::dancing(2).frames[1];
  Frame bad;
  bad.root = {0, nan, 0};
  bad.contacts = {nan, 2, -1, inf};
  for (const Quat& q : {Quat(nan, 0, 0, 0), Quat(0, 0, 0, 0), Quat(inf, 0, 0, 1), Quat(1e30f, 0, 0, 0)}) {
    bad.rotations.fill(q);
    const Frame out = sanitized(bad, last);
    CHECK(out.root == last.root);
    CHECK(out.contacts == last.contacts);
    for (std::size_t j = 0; j < kJoints; ++j) CHECK(out.rotations[j].coeffs() == last.rotations[j].coeffs());
  }
  bad.root = {1e9f, 0, 0};
  CHECK(sanitized(bad, last).root == last.root);
}

TEST_CASE("good frames stay as they are, with unit rotations of the nearer sign") {
  const Clip clip = testing::dancing(3);
  Frame frame = clip.frames[2];
  for (Quat& q : frame.rotations) q.coeffs() *= -2.5f;
  const Frame out = sanitized(frame, clip.frames[1]);
  CHECK(out.root == clip.frames[2].root);
  for (std::size_t j = 0; j < kJoints; ++j) {
    CHECK(is_unit(out.rotations[j]));
    CHECK(out.rotations[j].dot(clip.frames[1].rotations[j]) >= 0);
    CHECK(out.rotations[j].angularDistance(clip.frames[2].rotations[j]) < 1e-3f);
  }
}
