#include "picture/poster.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "base/limits.h"
#include "core/format/sample_dance.h"

using namespace terpsi;
using picture::draw_poster;
using picture::kPosterHeight;
using picture::kPosterWidth;
using picture::Picture;

namespace {

// Pixels that only a body has: as bright as its skin.
bool is_body(const Picture& p, int x, int y) {
  const auto i = static_cast<std::size_t>(y * p.width + x) * 3;
  return p.rgb[i] + p.rgb[i + 1] + p.rgb[i + 2] > 300;
}

struct Extent {
  int left = kPosterWidth, right = -1, top = kPosterHeight, bottom = -1, pixels = 0;
};

Extent extent_of(const Picture& p) {
  REQUIRE(p.width == kPosterWidth);
  REQUIRE(p.height == kPosterHeight);
  REQUIRE(p.rgb.size() == static_cast<std::size_t>(kPosterWidth) * kPosterHeight * 3);
  Extent e;
  for (int y = 0; y < p.height; ++y) {
    for (int x = 0; x < p.width; ++x) {
      if (!is_body(p, x, y)) continue;
      e.left = std::min(e.left, x);
      e.right = std::max(e.right, x);
      e.top = std::min(e.top, y);
      e.bottom = std::max(e.bottom, y);
      ++e.pixels;
    }
  }
  return e;
}

}  // namespace

TEST_CASE("garbage is drawn as a standing dancer") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  format::Dance dance;
  SUBCASE("no frames") {}
  SUBCASE("all NaN") {
    dance.clip.frames.resize(100);
    for (auto& f : dance.clip.frames) {
      f.root = {nan, nan, nan};
      f.rotations.fill(motion::Quat(nan, nan, nan, nan));
    }
    dance.beats = {nan, nan};
    dance.clip.fps = nan;
  }
  SUBCASE("far away") {
    dance.clip.frames.resize(1);
    dance.clip.frames[0].root = {9e5f, -9e5f, 1e30f};
  }
  SUBCASE("zero rotations") {
    dance.clip.frames.resize(2);
    for (auto& f : dance.clip.frames) f.rotations.fill(motion::Quat(0, 0, 0, 0));
  }
  const Extent e = extent_of(draw_poster(dance));
  CHECK(e.pixels > 2000);
  CHECK(e.left > 4);
  CHECK(e.right < kPosterWidth - 5);
}

TEST_CASE("bodies are whole in the picture wherever the dance travels") {
  for (const float travel : {0.f, 1.f, 40.f}) {
    format::Dance dance = test::sample_dance(300);
    for (std::size_t i = 0; i < dance.clip.size(); ++i) {
      dance.clip.frames[i].root.x() += travel * static_cast<float>(i) / 300;
      dance.clip.frames[i].root.z() -= travel;
    }
    const Extent e = extent_of(draw_poster(dance));
    CHECK(e.pixels > 10000);  // five bodies
    CHECK(e.left > 4);
    CHECK(e.right < kPosterWidth - 5);
    CHECK(e.top > 4);
    CHECK(e.bottom < kPosterHeight - 5);
    CHECK(e.right - e.left > kPosterWidth / 2);
    CHECK(e.bottom - e.top > kPosterHeight / 3);
  }
}

TEST_CASE("jumps and handstands stay in the picture") {
  format::Dance dance = test::sample_dance(60);
  for (auto& f : dance.clip.frames) f.root.y() = 1.9f;
  const Extent e = extent_of(draw_poster(dance));
  CHECK(e.top > 4);
  CHECK(e.pixels > 5000);
}

TEST_CASE("the same dance gives the same picture, another dance another") {
  const format::Dance dance = test::sample_dance(200);
  const Picture first = draw_poster(dance);
  CHECK(first.rgb == draw_poster(dance).rgb);
  format::Dance other = dance;
  for (auto& f : other.clip.frames) f.rotations[motion::kLShoulder] = motion::Quat::Identity();
  CHECK(first.rgb != draw_poster(other).rgb);
}

TEST_CASE("both accents are seen, and the edges are smooth") {
  const Picture p = draw_poster(test::sample_dance(200));
  int teal = 0, coral = 0, between = 0;
  for (std::size_t i = 0; i < p.rgb.size(); i += 3) {
    const int r = p.rgb[i], g = p.rgb[i + 1], b = p.rgb[i + 2];
    teal += g > r + 50 && b > r + 50;
    coral += r > g + 50 && r > b + 60;
    between += r + g + b > 150 && r + g + b < 240;
  }
  CHECK(teal > 200);
  CHECK(coral > 200);
  CHECK(between > 500);
}

TEST_CASE("the longest dance is drawn in no more than a moment") {
  format::Dance dance;
  dance.clip = test::lively_clip(static_cast<std::size_t>(limits::kMaxFrames));
  for (int i = 0; i < 1800; ++i) dance.beats.push_back(0.5 * i);
  const auto begin = std::chrono::steady_clock::now();
  const Extent e = extent_of(draw_poster(dance));
  CHECK(e.pixels > 10000);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));  // also under sanitizers
}
