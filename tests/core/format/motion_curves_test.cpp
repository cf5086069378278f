#include "format/motion_curves.h"

#include <doctest/doctest.h>

#include "core/format/sample_dance.h"

using namespace terpsi;
using namespace terpsi::format;

TEST_CASE("curves give the frames back") {
  const motion::Clip clip = test::lively_clip(90);
  const Curves curves = curves_of(clip);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const motion::Frame back = frame_of(curves, i);
    CHECK(back.root == clip.frames[i].root);
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      CHECK(back.rotations[j].angularDistance(clip.frames[i].rotations[j]) < 1e-3f);
  }
}

TEST_CASE("a body that keeps turning has a continuous curve") {
  motion::Clip clip;
  clip.frames.resize(300);
  for (std::size_t i = 0; i < clip.size(); ++i)
    clip.frames[i].rotations[0] =
        motion::Quat(Eigen::AngleAxisf(0.1f * static_cast<float>(i), motion::Vec3::UnitY()));
  const Curves curves = curves_of(clip);
  for (std::size_t i = 1; i < clip.size(); ++i)
    CHECK(curves[4][i] - curves[4][i - 1] == doctest::Approx(0.1).epsilon(0.01));
}

TEST_CASE("leverage grows towards the trunk") {
  CHECK(leverage()[0] == 1.f);
  const auto of = [](int joint) { return leverage()[3 + 3 * static_cast<std::size_t>(joint)]; };
  CHECK(of(motion::kPelvis) > of(motion::kLKnee));
  CHECK(of(motion::kLKnee) > of(motion::kLFoot));
  CHECK(of(motion::kHead) == doctest::Approx(0.08));
}
