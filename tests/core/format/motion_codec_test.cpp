#include "format/motion_codec.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "core/format/sample_dance.h"
#include "motion/kinematics.h"

using namespace terpsi;
using namespace terpsi::format;

namespace {

float worst_error(const motion::Clip& a, const motion::Clip& b) {
  float worst = 0;
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto p = motion::joint_positions(a.frames[i]), q = motion::joint_positions(b.frames[i]);
    for (std::size_t j = 0; j < motion::kJoints; ++j) worst = std::max(worst, (p[j] - q[j]).norm());
  }
  return worst;
}

motion::Clip round_trip(const motion::Clip& clip, std::size_t* bytes = nullptr) {
  const auto coded = encode_motion(clip);
  REQUIRE(coded.ok());
  if (bytes != nullptr) *bytes = coded->size();
  const auto decoded = decode_motion(*coded);
  REQUIRE(decoded.ok());
  return *decoded;
}

}  // namespace

TEST_CASE("motion codec: what cannot be stored") {
  motion::Clip clip;
  CHECK(encode_motion(clip).error().code == ErrorCode::empty);
  clip.frames.resize(27001);
  CHECK(encode_motion(clip).error().code == ErrorCode::too_large);
  clip.frames.resize(10);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto refuses = [&](auto&& spoil) {
    motion::Clip bad = clip;
    spoil(bad);
    const auto coded = encode_motion(bad);
    REQUIRE_FALSE(coded.ok());
    CHECK(coded.error().code == ErrorCode::invalid_argument);
  };
  refuses([&](motion::Clip& c) { c.fps = nan; });
  refuses([&](motion::Clip& c) { c.fps = 0; });
  refuses([&](motion::Clip& c) { c.frames[3].root.x() = nan; });
  refuses([&](motion::Clip& c) { c.frames[3].root.x() = 101; });
  refuses([&](motion::Clip& c) { c.frames[3].rotations[5].coeffs().setZero(); });
  refuses([&](motion::Clip& c) { c.frames[3].rotations[5].x() = nan; });
  refuses([&](motion::Clip& c) { c.frames[3].contacts[2] = nan; });
}

TEST_CASE("motion codec: bytes that are no motion") {
  CHECK(decode_motion({}).error().code == ErrorCode::bad_format);
  for (std::uint32_t round = 0; round < 300; ++round) {
    std::vector<std::uint8_t> noise(8 + round * 3);
    for (std::uint32_t i = 0; i < noise.size(); ++i) {
      noise[i] = static_cast<std::uint8_t>(random_bits(round, Stream::motion, i, 1));
    }
    noise[1] &= 1, noise[2] = noise[3] = 0;                     // up to 511 frames
    noise[4] = 0x30, noise[5] = 0x75, noise[6] = noise[7] = 0;  // 30 per second
    const auto clip = decode_motion(noise);
    if (!clip.ok()) continue;
    for (const motion::Frame& f : clip->frames) CHECK(f.root.allFinite());
  }
  const std::uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, 0x30, 0x75, 0, 0, 1, 2, 3, 4, 5};
  CHECK(decode_motion(huge).error().code == ErrorCode::too_large);
}

TEST_CASE("motion codec: within 1 cm at any length, contacts exact, frame rate kept") {
  for (std::size_t frames : {1u, 2u, 3u, 32u, 33u, 34u, 65u, 100u, 300u}) {
    motion::Clip clip = test::lively_clip(frames);
    clip.fps = 29.97f;
    const motion::Clip back = round_trip(clip);
    CHECK(worst_error(clip, back) < 0.01f);
    CHECK(back.fps == doctest::Approx(29.97));
    for (std::size_t i = 0; i < frames; ++i) CHECK(back.frames[i].contacts == clip.frames[i].contacts);
  }
}

TEST_CASE("motion codec: wild motion too") {
  motion::Clip clip;
  clip.frames.resize(200);
  for (std::uint32_t i = 0; i < 200; ++i) {
    for (std::uint32_t j = 0; j < motion::kJoints; ++j) {
      const auto g = [&](std::uint32_t k) { return gaussian(i, Stream::motion, j, k); };
      clip.frames[i].rotations[j] = motion::Quat(g(0), g(1), g(2), g(3)).normalized();
    }
    clip.frames[i].root *= gaussian(i, Stream::motion, 99, 0);
  }
  CHECK(worst_error(clip, round_trip(clip)) < 0.01f);
}

TEST_CASE("motion codec: one minute in few bytes, and the error moves slowly") {
  for (float liveliness : {0.3f, 1.f}) {
    const motion::Clip clip = test::lively_clip(1800, liveliness);
    std::size_t bytes = 0;
    const motion::Clip back = round_trip(clip, &bytes);
    MESSAGE("bytes for a minute: " << bytes);
    CHECK(bytes < (liveliness < 0.5f ? 33u : 48u) * 1024);
    CHECK(worst_error(clip, back) < 0.01f);
    double change = 0;  // root mean square of the error's change from frame to frame
    for (std::size_t i = 1; i < clip.size(); ++i) {
      const auto a = motion::joint_positions(clip.frames[i - 1]), b = motion::joint_positions(clip.frames[i]);
      const auto c = motion::joint_positions(back.frames[i - 1]), d = motion::joint_positions(back.frames[i]);
      for (std::size_t j = 0; j < motion::kJoints; ++j) {
        change += static_cast<double>(((d[j] - c[j]) - (b[j] - a[j])).squaredNorm());
      }
    }
    CHECK(std::sqrt(change / static_cast<double>(clip.size() * motion::kJoints)) < 0.004);
  }
}
