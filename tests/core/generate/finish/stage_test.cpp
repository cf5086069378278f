#include "generate/finish/stage.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/generate/dancer.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

float farthest(const motion::Clip& clip) {
  float out = 0;
  for (const motion::Frame& f : clip.frames) out = std::max(out, std::hypot(f.root.x(), f.root.z()));
  return out;
}

}  // namespace

TEST_CASE("stage: nothing to keep, no sensible radius") {
  motion::Clip none;
  keep_on_stage(none, 1.5f);
  CHECK(none.frames.empty());
  const motion::Clip clip = test::swinging(300, 1, 0, 0.5);
  for (float radius : {0.f, -1.f, std::numeric_limits<float>::quiet_NaN(), HUGE_VALF}) {
    motion::Clip same = clip;
    keep_on_stage(same, radius);
    CHECK(same.frames.back().root == clip.frames.back().root);
  }
}

TEST_CASE("stage: who stays near the middle is left alone") {
  const motion::Clip clip = test::swinging(900, 1, 0);
  motion::Clip kept = clip;
  keep_on_stage(kept, 1.5f);
  for (std::size_t i = 0; i < clip.size(); ++i) CHECK(kept.frames[i].root == clip.frames[i].root);
}

TEST_CASE("stage: travellers stay on it, gently, feet planted or not; the future is not needed") {
  for (double travel : {0.1, 0.3, 0.5, 1.0}) {
    for (float contact : {0.f, 1.f}) {
      motion::Clip clip = test::swinging(1800, 1, 0, travel);
      for (motion::Frame& f : clip.frames) f.contacts.fill(contact);
      motion::Clip kept = clip;
      keep_on_stage(kept, 1.5f);
      CHECK(farthest(clip) > 5);
      CHECK(farthest(kept) <= (travel < 0.6 ? 1.5f : 2.f));
      for (std::size_t i = 2; i < kept.size(); ++i) {  // the drift changes its speed by less than 6 m/s^2
        const auto shift = [&](std::size_t k) { return kept.frames[k].root.x() - clip.frames[k].root.x(); };
        CHECK_UNARY(std::abs(shift(i) - 2 * shift(i - 1) + shift(i - 2)) * 900 < 6.f);
        CHECK_UNARY(kept.frames[i].root.y() == clip.frames[i].root.y());
      }
      motion::Clip part = clip;
      part.frames.resize(700);
      keep_on_stage(part, 1.5f);
      for (std::size_t i = 0; i < 700; ++i) CHECK_UNARY(part.frames[i].root == kept.frames[i].root);
    }
  }
}
