#include "generate/finish/troupe.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/generate/dancer.h"
#include "generate/finish/finish.h"
#include "measure/metrics.h"
#include "motion/mirror.h"
#include "motion/motion_vector.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

Condition beats(double period = 0.5) {
  Condition c;
  c.frames = 600;
  c.beats = c.dance_beats = test::regular(0.1, period, 20);
  return c;
}

motion::Clip lead(const Condition& c) {
  return finish(motion::encode(test::swinging(600, 2.0, 0.6, 0.1)), c);
}

TroupeOptions troupe_of(int dancers, Formation formation, float spacing = 2.f) {
  TroupeOptions o;
  o.dancers = dancers, o.formation = formation, o.spacing = spacing;
  return o;
}

// Least distance in the plane between joints of two dancers.
float nearest(const std::vector<motion::Clip>& dancers) {
  float least = HUGE_VALF;
  for (std::size_t a = 0; a < dancers.size(); ++a) {
    for (std::size_t b = a + 1; b < dancers.size(); ++b) {
      for (std::size_t i = 0; i < dancers[a].size(); ++i) {
        const auto p = motion::joint_positions(dancers[a].frames[i]),
                   q = motion::joint_positions(dancers[b].frames[i]);
        for (const auto& u : p) {
          for (const auto& v : q) least = std::min(least, std::hypot(u.x() - v.x(), u.z() - v.z()));
        }
      }
    }
  }
  return least;
}

// The clip's joints around its own middle.
motion::JointPositions joints_at_home(const motion::Clip& clip, const motion::Clip& like, std::size_t i) {
  auto p = motion::joint_positions(clip.frames[i]);
  const motion::Vec3 place = clip.frames[0].root - like.frames[0].root;
  for (auto& joint : p) joint -= place;
  return p;
}

float difference(const motion::JointPositions& a, const motion::JointPositions& b) {
  float most = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, (a[j] - b[j]).norm());
  return most;
}

}  // namespace

TEST_CASE("troupe: garbage") {
  const Condition c = beats();
  CHECK(make_troupe({}, c, {}).error().code == ErrorCode::empty);
  const motion::Clip dance = test::swinging(30, 1, 0);
  for (int dancers : {0, -1, 9, 1 << 30})
    CHECK(make_troupe(dance, c, troupe_of(dancers, Formation::unison)).error().code ==
          ErrorCode::invalid_argument);
  for (float spacing : {0.f, -1.f, 11.f, std::numeric_limits<float>::quiet_NaN(), HUGE_VALF})
    CHECK(make_troupe(dance, c, troupe_of(2, Formation::unison, spacing)).error().code ==
          ErrorCode::invalid_argument);
  TroupeOptions o = troupe_of(2, Formation::canon);
  o.canon_beats = 0;
  CHECK(make_troupe(dance, c, o).error().code == ErrorCode::invalid_argument);
  o.canon_beats = 2;
  const auto beatless = make_troupe(dance, Condition{}, o);
  REQUIRE(beatless.ok());
  CHECK(beatless->dancers[1].size() == 30);
}

TEST_CASE("troupe: unison and mirror") {
  const Condition c = beats();
  const motion::Clip dance = lead(c);
  const auto same = make_troupe(dance, c, troupe_of(5, Formation::unison));
  REQUIRE(same.ok());
  CHECK(same->dancers.size() == 5);
  CHECK(same->spacing == 2.f);
  const auto facing = make_troupe(dance, c, troupe_of(5, Formation::mirror));
  REQUIRE(facing.ok());
  for (std::size_t i = 0; i < 600; i += 37) {
    const auto p = motion::joint_positions(dance.frames[i]);
    const auto m = motion::joint_positions(motion::mirrored(dance.frames[i]));
    for (std::size_t k = 0; k < 5; ++k) {
      CHECK(difference(joints_at_home(same->dancers[k], dance, i), p) < 1e-4f);
      const motion::Clip& like = k % 2 == 1 ? motion::mirrored(dance) : dance;
      CHECK(difference(joints_at_home(facing->dancers[k], like, i), k % 2 == 1 ? m : p) < 1e-4f);
    }
  }
}

TEST_CASE("troupe: a canon follows on the beat, also where the tempo changes") {
  Condition c = beats();
  c.beats.clear();
  for (double t = 0.1, gap = 0.5; t < 21; t += gap, gap *= 1.01) c.beats.push_back(t);
  const motion::Clip dance = test::swinging(600, 1.0, 0.5);
  const auto troupe = make_troupe(dance, c, troupe_of(3, Formation::canon));
  REQUIRE(troupe.ok());
  for (std::size_t beat = 6; beat + 1 < c.beats.size() && c.beats[beat] < 19; ++beat) {
    for (std::size_t k = 1; k < 3; ++k) {
      const auto at = static_cast<std::size_t>(std::lround(c.beats[beat] * 30));
      const auto then = static_cast<std::size_t>(std::lround(c.beats[beat - 2 * k] * 30));
      CHECK(difference(joints_at_home(troupe->dancers[k], dance, at),
                       motion::joint_positions(dance.frames[then])) < 0.12f);
    }
  }
  for (std::size_t i = 0; i < 30; ++i)  // the last dancer waits as the dance begins
    CHECK(difference(joints_at_home(troupe->dancers[2], dance, i), motion::joint_positions(dance.frames[0])) <
          0.06f);
}

TEST_CASE("troupe: nobody comes near, whatever the formation; places move apart where they must") {
  const Condition c = beats();
  const motion::Clip dance = lead(c);
  for (Formation formation : {Formation::unison, Formation::mirror, Formation::canon}) {
    for (Layout layout : {Layout::line, Layout::wedge}) {
      TroupeOptions o = troupe_of(8, formation, 0.5f);
      o.layout = layout;
      const auto troupe = make_troupe(dance, c, o);
      REQUIRE(troupe.ok());
      CHECK(nearest(troupe->dancers) >= kClearance - 1e-4f);
      CHECK(troupe->spacing > 0.5f);
      CHECK(troupe->spacing < 8.f);
      motion::Vec3 middle = motion::Vec3::Zero();
      for (const motion::Clip& dancer : troupe->dancers) middle += dancer.frames[0].root / 8.f;
      CHECK(std::abs(middle.x() - (formation == Formation::mirror ? 0.f : dance.frames[0].root.x())) < 0.1f);
    }
  }
}

TEST_CASE("troupe: feet slide no more than the lead's, and all end together") {
  Condition c = beats();
  c.final_beat = 17.1;
  const motion::Clip dance = lead(c);
  const auto troupe = make_troupe(dance, c, troupe_of(4, Formation::canon));
  REQUIRE(troupe.ok());
  const double skate = measure::motion_metrics(motion::joint_positions(dance), 30).foot_skate;
  for (std::size_t k = 0; k < 4; ++k) {
    const auto joints = motion::joint_positions(troupe->dancers[k]);
    const auto m = measure::motion_metrics(joints, 30);
    CHECK(m.foot_skate < skate + 0.02);
    CHECK(m.penetration < 0.005);
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      CHECK((joints[540][j] - joints[541][j]).norm() * 30 < 0.1f);
    const auto a = motion::joint_positions(dance.frames[560]);
    const auto b = motion::joint_positions(troupe->dancers[k].frames[560]);
    for (int j : {motion::kLHand, motion::kRHand, motion::kHead}) {
      const auto at = static_cast<std::size_t>(j);
      CHECK(std::abs(a[at].y() - b[at].y()) < 0.05f);
    }
  }
}
