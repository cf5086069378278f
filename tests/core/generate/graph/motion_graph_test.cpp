#include "generate/graph/motion_graph.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "core/generate/fixture.h"
#include "core/generate/graph/phrase_corpus_fixture.h"
#include "generate/finish/finish.h"
#include "motion/kinematics.h"

using namespace terpsi;
using generate::Condition;
using generate::ConditionLayout;
using generate::PhraseCorpus;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Condition condition_of(const PhraseCorpus& corpus, const audio::MusicAnalysis& song,
                       const char* style = "fast") {
  generate::DanceOptions options;
  options.style = style;
  auto condition = generate::make_condition(song, generate::graph_model(corpus), options);
  REQUIRE_MESSAGE(condition, condition.error().message);
  return std::move(*condition);
}

audio::MusicAnalysis even_song(double seconds, double bpm) {
  auto song = test::small_song(seconds, bpm, 0, 0);
  std::fill(song.loudness.begin(), song.loudness.end(), 0.5f);
  return song;
}

void set_energy(Condition& c, float energy) {
  const auto columns = static_cast<std::size_t>(c.columns);
  for (std::size_t i = ConditionLayout::kEnergy; i < c.values.size(); i += columns) c.values[i] = energy;
}

// A plan over whole phrases at 120 beats a minute from 0 s: 2 s each.
Condition plan_of(const PhraseCorpus& corpus, const std::vector<int>& codes, float energy = 0.5f) {
  Condition c = condition_of(corpus, even_song(2.0 * static_cast<double>(codes.size()), 120));
  for (std::size_t i = 0; i < c.phrases.size(); ++i) c.phrases[i] = codes[std::min(i / 60, codes.size() - 1)];
  set_energy(c, energy);
  return c;
}

motion::Clip danced(const PhraseCorpus& corpus, const Condition& condition) {
  const auto values = generate::dance_phrases(corpus, condition);
  REQUIRE_MESSAGE(values, values.error().message);
  REQUIRE(values->size() == static_cast<std::size_t>(condition.frames) * motion::kMotionDims);
  REQUIRE(std::all_of(values->begin(), values->end(), [](float v) { return std::isfinite(v); }));
  return motion::decode(*values);
}

void lift_feet(PhraseCorpus& corpus) {
  for (std::size_t i = 0; i < corpus.rows.size(); i += motion::kMotionDims)
    std::fill_n(corpus.rows.begin() + static_cast<std::ptrdiff_t>(i), motion::kContacts, 0.f);
}

// Largest way of a joint from one frame of [from, to) to the next, metres.
float largest_step(const motion::Clip& clip, std::size_t from, std::size_t to) {
  float most = 0;
  for (std::size_t i = from; i + 1 < std::min(to, clip.size()); ++i) {
    const auto a = motion::joint_positions(clip.frames[i]), b = motion::joint_positions(clip.frames[i + 1]);
    for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, (b[j] - a[j]).norm());
  }
  return most;
}

float mean_speed(const motion::Clip& clip) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < clip.size(); ++i) {
    const auto a = motion::joint_positions(clip.frames[i]), b = motion::joint_positions(clip.frames[i + 1]);
    for (std::size_t j = 0; j < motion::kJoints; ++j) sum += static_cast<double>((b[j] - a[j]).norm());
  }
  return static_cast<float>(sum / static_cast<double>(clip.size()));
}

float arm_angle(const motion::Frame& f) {
  const auto& q = f.rotations[motion::kLShoulder];
  return 2 * std::atan2(q.z(), q.w());
}

}  // namespace

TEST_CASE("graph: conditions of another kind and unknown codes are refused") {
  const PhraseCorpus corpus = test::small_corpus();
  const Condition good = plan_of(corpus, {9, 10});
  CHECK(generate::dance_phrases(corpus, good));
  const std::vector<std::function<void(Condition&)>> damages = {
      [](auto& c) { c = {}; },
      [](auto& c) { c.frames = -1; },
      [](auto& c) { c.columns = 3; },
      [](auto& c) { c.columns = std::numeric_limits<int>::max(); },
      [](auto& c) { c.values.pop_back(); },
      [](auto& c) { c.values[3] = kNaN; },
      [](auto& c) { c.phrases.pop_back(); },
      [](auto& c) { c.phrases[5] = 0; },
      [](auto& c) { c.phrases[5] = -1; },
      [](auto& c) { c.phrases[5] = 17; },
      [](auto& c) { c.style = 2; },
      [](auto& c) { c.style = -1; },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    CAPTURE(i);
    Condition c = good;
    damages[i](c);
    const auto values = generate::dance_phrases(corpus, c);
    REQUIRE(!values);
    CHECK(values.error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("graph: any plan, phase and energy gives finite motion without a jump") {
  const PhraseCorpus corpus = test::small_corpus(4, 2.5f);
  Condition c = condition_of(corpus, even_song(20, 117));
  for (std::size_t i = 0; i < c.phrases.size(); ++i)
    c.phrases[i] = 1 + static_cast<int>(i * i % 16);  // no phrases at all
  danced(corpus, c);
  Condition wild = condition_of(corpus, even_song(20, 117));
  const auto columns = static_cast<std::size_t>(wild.columns);
  for (std::size_t i = 0; i < wild.values.size(); ++i) {
    if (i % columns < ConditionLayout::kBeatsKnown) wild.values[i] = static_cast<float>((i * 7919) % 13) - 6;
  }
  danced(corpus, wild);
}

TEST_CASE("graph: recorded continuations are played as recorded, at the song's pace") {
  const PhraseCorpus corpus = test::small_corpus();
  const motion::Clip clip = danced(corpus, plan_of(corpus, {9, 10, 11, 12}));
  REQUIRE(clip.size() == 240);
  for (std::size_t i = 0; i < clip.size(); ++i) {
    CAPTURE(i);
    const double beat = static_cast<double>(i) / 15;  // 120 beats a minute
    CHECK(arm_angle(clip.frames[i]) ==
          doctest::Approx(0.7 * std::cos(std::numbers::pi * beat)).epsilon(0.03).scale(0.7));
  }
  // 0.1 m a beat, 2 beats a second
  CHECK(clip.frames[239].root.x() == doctest::Approx(0.2 * 239 / 30).epsilon(1e-3));
  CHECK(clip.frames[100].contacts[0] == doctest::Approx(1));
  CHECK(clip.frames[100].contacts[3] == doctest::Approx(0));
}

TEST_CASE("graph: joins show no jump, whatever way the recordings face and wherever they end") {
  for (const float heading : {0.f, 1.f, 3.1f, -3.1f}) {
    for (const int spare : {0, 12}) {
      CAPTURE(heading);
      CAPTURE(spare);
      PhraseCorpus corpus = test::small_corpus(4, heading);
      for (auto& s : corpus.sources) s.before = std::min(s.before, spare), s.after = spare;
      REQUIRE(generate::check_corpus(corpus));
      const motion::Clip smooth = danced(corpus, plan_of(corpus, {13, 14, 15, 16}));
      const motion::Clip joined = danced(corpus, plan_of(corpus, {9, 13, 10, 13, 13, 9}));
      // The dancer turns by at most pi over four beats (fading, at most 1.5 pi / 60 a frame); 0.9 m is the
      // arm's reach.
      const float turning = std::abs(heading) * 1.5f / 60 * 0.9f;
      CHECK(largest_step(joined, 0, joined.size()) < 1.4f * largest_step(smooth, 0, smooth.size()) + turning);
    }
  }
}

TEST_CASE("graph: a recording that ends in full swing comes to rest within the join") {
  PhraseCorpus corpus = test::small_corpus();
  for (auto& s : corpus.sources) s.row += corpus.samples / 2, s.before = s.after = 0;
  REQUIRE(generate::check_corpus(corpus));
  const motion::Clip clip = danced(corpus, plan_of(corpus, {9, 13}));
  const auto bend = [&](std::size_t from, std::size_t to) {  // largest change of the arm's speed
    float most = 0;
    for (std::size_t i = from; i < to; ++i)
      most = std::max(most, std::abs(arm_angle(clip.frames[i + 1]) - 2 * arm_angle(clip.frames[i]) +
                                     arm_angle(clip.frames[i - 1])));
    return most;
  };
  CHECK(bend(50, 70) < 2 * bend(5, 50));
}

TEST_CASE("graph: a new phrase goes on the way the dancer faces") {
  const PhraseCorpus corpus = test::small_corpus(4, 2.f);
  const motion::Clip clip = danced(corpus, plan_of(corpus, {9, 13, 14, 15}));
  const auto heading = [&](std::size_t i) {
    const motion::Vec3 z = clip.frames[i].rotations[0] * motion::Vec3::UnitZ();
    return std::atan2(z.x(), z.z());
  };
  CHECK(heading(55) == doctest::Approx(0).scale(1).epsilon(0.1));
  CHECK(std::abs(heading(66)) < 0.3f);                      // still so after the join at frame 60
  CHECK(heading(125) == doctest::Approx(2).epsilon(0.05));  // its own heading a phrase later
}

TEST_CASE("graph: within a join a foot that stands keeps its place") {
  // The second recording has nothing before its start, so the join lies after it, around frame 67.
  PhraseCorpus corpus = test::small_corpus();  // slides along with its left foot in contact
  const auto way = [&](std::size_t from, std::size_t to) {
    const motion::Clip clip = danced(corpus, plan_of(corpus, {9, 13}));
    return clip.frames[to].root.x() - clip.frames[from].root.x();
  };
  CHECK(way(30, 33) == doctest::Approx(0.02).epsilon(0.01));
  CHECK(std::abs(way(65, 68)) < 0.005f);
  lift_feet(corpus);
  CHECK(way(65, 68) == doctest::Approx(0.02).epsilon(0.01));
}

TEST_CASE("graph: mirror images are mirrored") {
  PhraseCorpus corpus = test::small_corpus();
  const motion::Clip plain = danced(corpus, plan_of(corpus, {9, 10}));
  for (auto& s : corpus.sources) s.mirrored = true;
  const motion::Clip other = danced(corpus, plan_of(corpus, {9, 10}));
  for (std::size_t i = 0; i < plain.size(); i += 7) {
    CHECK(other.frames[i].root.x() == doctest::Approx(-plain.frames[i].root.x()).epsilon(1e-4));
    CHECK(other.frames[i].contacts[2] == doctest::Approx(1));
    CHECK(arm_angle(other.frames[i]) ==
          doctest::Approx(-2 * std::atan2(plain.frames[i].rotations[motion::kRShoulder].z(),
                                          plain.frames[i].rotations[motion::kRShoulder].w()))
              .epsilon(1e-3));
  }
}

TEST_CASE("graph: more energy, bigger movement; feet keep their height") {
  const PhraseCorpus corpus = test::small_corpus();
  const auto calm = danced(corpus, plan_of(corpus, {9, 10}, 0.f)),
             plain = danced(corpus, plan_of(corpus, {9, 10})),
             big = danced(corpus, plan_of(corpus, {9, 10}, 1.f));
  CHECK(mean_speed(calm) < 0.9f * mean_speed(plain));
  CHECK(mean_speed(big) > 1.1f * mean_speed(plain));
  const auto foot = [](const motion::Clip& c) {
    return motion::joint_positions(c.frames[20])[motion::kLFoot].y();
  };
  CHECK(foot(big) == doctest::Approx(foot(plain)).epsilon(1e-3));
}

TEST_CASE("graph: without known beats phrases last four beats of the style") {
  PhraseCorpus corpus = test::small_corpus();
  lift_feet(corpus);
  audio::MusicAnalysis song = even_song(12, 120);
  song.beats.clear();
  song.beat_in_bar.clear();
  Condition c = condition_of(corpus, song);
  set_energy(c, 0.5f);
  REQUIRE(c.dance_beats.empty());
  const motion::Clip clip = danced(corpus, c);
  CHECK(mean_speed(clip) > 0);
  CHECK(clip.frames.back().root.x() == doctest::Approx(0.1 * 128 / 60 * 359 / 30).epsilon(0.02));
}

TEST_CASE("graph: a song danced twice is the same dance, and it is finished like any other") {
  const PhraseCorpus corpus = test::small_corpus();
  const Condition c = condition_of(corpus, test::small_song(40, 126, 1), "slow");
  const auto a = generate::dance_phrases(corpus, c), b = generate::dance_phrases(corpus, c);
  REQUIRE(a);
  REQUIRE(b);
  CHECK(*a == *b);
  CHECK(generate::finish(*a, c).size() == 1200);
}
