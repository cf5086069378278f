#include "generate/plan/condition.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "audio/describe/analysis.h"
#include "base/limits.h"
#include "core/generate/fixture.h"
#include "generate/plan/style_choice.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

namespace {

DanceOptions options(const char* style, std::uint64_t seed = 1, float energy = 0.5f) {
  DanceOptions out;
  out.style = style, out.seed = seed, out.energy = energy;
  out.opening = out.ending = false;
  return out;
}

float at(const Condition& c, int frame, int column) {
  return c.values[static_cast<std::size_t>(frame * c.columns + column)];
}

double phase(const Condition& c, int frame, int column) {  // cycles, 0..1
  const double p = std::atan2(at(c, frame, column), at(c, frame, column + 1)) / (2 * 3.14159265358979);
  return p < 0 ? p + 1 : p;
}

}  // namespace

TEST_CASE("condition: garbage") {
  const ModelInfo model = test::small_model();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  audio::MusicAnalysis music;
  CHECK(make_condition(music, model, {}).error().code == ErrorCode::empty);
  music.frames = limits::kMaxFrames + 1;
  CHECK(make_condition(music, model, {}).error().code == ErrorCode::too_large);
  music = test::small_song();
  for (float e : {-0.1f, 1.1f, nan}) {
    CHECK(make_condition(music, model, options("slow", 1, e)).error().code == ErrorCode::invalid_argument);
  }
  const auto unknown = make_condition(music, model, options("polka"));
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().code == ErrorCode::not_found);
  CHECK(unknown.error().message.find("slow, fast") != std::string::npos);
  CHECK(make_condition(music, ModelInfo{}, {}).error().code == ErrorCode::unsupported);

  music.loudness.assign(3, nan);  // short, and not numbers
  music.onset.assign(5, HUGE_VALF);
  music.tempo_bpm = -3;
  music.beats = {0.5, std::nan(""), 1.0, 1.5};
  music.beat_in_bar = {1};
  music.sections = {{std::nan(""), 3, 1}, {2, 1, -5}, {1, 0, 7}};
  const auto c = make_condition(music, model, {});
  REQUIRE(c.ok());
  CHECK(std::all_of(c->values.begin(), c->values.end(), [](float v) { return std::isfinite(v); }));
}

TEST_CASE("condition: shapes, styles and a song without a beat") {
  const ModelInfo model = test::small_model();
  auto music = test::small_song(10);
  music.beats.clear();
  music.beat_in_bar.clear();
  const auto c = make_condition(music, model, options("fast"));
  REQUIRE(c.ok());
  CHECK(c->frames == 300);
  CHECK(c->columns == 12);
  CHECK(c->values.size() == 300u * 12u);
  CHECK(c->phrases.size() == 300);
  CHECK(c->noise_frames.size() == 300);
  CHECK(c->style == 1);
  CHECK(c->style_reason.empty());
  for (int i = 0; i < 300; ++i) {
    for (int column : {0, 1, 2, 3, 4, 5, 6, 9, 10}) CHECK(at(*c, i, column) == 0.f);
    CHECK(at(*c, i, ConditionLayout::kStyles + 1) == 1.f);
    CHECK(c->phrases[static_cast<std::size_t>(i)] > 0);
  }
}

TEST_CASE("condition: phases are 0 on beats, phrase starts and 8-counts, and steady between") {
  const ModelInfo model = test::small_model();
  const auto music =
      test::small_song(40, 120, 2, 0.5);  // frames 15, 30, ... are beats; the third is a downbeat
  const auto c = make_condition(music, model, options("fast"));
  REQUIRE(c.ok());
  for (int i = 0; i < c->frames; ++i) {
    const double beats = (i - 15) / 15.0;
    const auto wrapped = [](double x) { return x - std::floor(x); };
    const auto same = [](double a, double b) { return std::abs(std::remainder(a - b, 1.0)) < 1e-4; };
    CHECK(same(phase(*c, i, 0), wrapped(beats)));
    CHECK(same(phase(*c, i, 2), wrapped((beats - 2) / 4)));
    CHECK(same(phase(*c, i, 4) * 2, wrapped((beats - 2) / 4)));
    CHECK(at(*c, i, ConditionLayout::kTempo) == doctest::Approx(0).scale(1));
    CHECK(at(*c, i, ConditionLayout::kBeatsKnown) == 1.f);
  }
  CHECK(c->dance_beats == c->beats);
  for (int i = 1; i < c->frames; ++i) {  // the plan changes on phrase starts only
    if (c->phrases[static_cast<std::size_t>(i)] != c->phrases[static_cast<std::size_t>(i - 1)])
      CHECK((i - 45) % 60 == 0);
  }
}

TEST_CASE("condition: a slow style dances a fast song at half tempo") {
  const auto music = test::small_song(40, 180, 1);
  const auto c = make_condition(music, test::small_model(), options("slow"));
  REQUIRE(c.ok());
  CHECK(at(*c, 500, ConditionLayout::kTempo) == doctest::Approx(std::log2(90.0 / 120)));
  CHECK(c->beats.size() > 2 * c->dance_beats.size() - 3);
}

TEST_CASE("condition: energy follows the option and loudness; steady loudness is neutral") {
  const ModelInfo model = test::small_model();
  auto music = test::small_song(64);
  const auto c = make_condition(music, model, options("fast"));
  REQUIRE(c.ok());
  CHECK(at(*c, 1200, ConditionLayout::kEnergy) < at(*c, 720, ConditionLayout::kEnergy));
  const auto big = make_condition(music, model, options("fast", 1, 0.9f));
  CHECK(at(*big, 1200, ConditionLayout::kEnergy) ==
        doctest::Approx(static_cast<double>(at(*c, 1200, ConditionLayout::kEnergy)) + 0.4));
  music.loudness.assign(music.frames, 0.77f);
  music.sections.clear();
  const auto steady = make_condition(music, model, options("fast"));
  for (int i = 0; i < steady->frames; ++i)
    CHECK(at(*steady, i, ConditionLayout::kEnergy) == doctest::Approx(0.5));
  CHECK(at(*c, 63, ConditionLayout::kAccent) > 0.4f);  // a beat at 2.1 s
  CHECK(at(*c, 70, ConditionLayout::kAccent) == 0.f);
}

TEST_CASE("condition: noise belongs to the section label and the place in the section") {
  DanceOptions exact = options("fast");
  exact.variation = 0;
  const auto c = make_condition(test::small_song(64), test::small_model(), exact);
  REQUIRE(c.ok());
  for (std::size_t i = 3; i < 480; ++i) {  // after the pick-up
    CHECK(c->noise_frames[i] == c->noise_frames[i + 960]);
    CHECK(c->noise_frames[i] != c->noise_frames[i + 480]);
    CHECK(c->phrases[i] == c->phrases[i + 960]);
  }
}

TEST_CASE("condition: the more variation, the less of a returning section is as it was") {
  double last_noise = -1;
  for (float variation : {0.f, 0.3f, 0.6f, 1.f}) {
    int noise = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      DanceOptions o = options("fast", seed);
      o.variation = variation;
      const auto c = make_condition(test::small_song(64), test::small_model(), o);
      REQUIRE(c.ok());
      std::set<std::int32_t> keys(c->noise_frames.begin(), c->noise_frames.begin() + 960);
      for (std::size_t i = 960; i < 1920; ++i) noise += keys.count(c->noise_frames[i]) == 0;
    }
    CHECK(noise > last_noise);
    last_noise = noise;
  }
  CHECK(last_noise > 0.95 * 960 * 20);
}

TEST_CASE("condition: a section start is built up to, big and accented") {
  auto music = test::small_song(64, 120, 0, 0);
  music.loudness.assign(music.frames, 0.8f);
  const auto c = make_condition(music, test::small_model(), options("fast"));
  REQUIRE(c.ok());
  CHECK(c->section_starts == std::vector<double>{16, 32, 48});
  CHECK(at(*c, 480, ConditionLayout::kAccent) == 1.f);
  CHECK(at(*c, 480, ConditionLayout::kEnergy) == doctest::Approx(0.7));
  CHECK(at(*c, 478, ConditionLayout::kEnergy) > 0.6f);
  CHECK(at(*c, 465, ConditionLayout::kEnergy) > 0.51f);
  CHECK(at(*c, 449, ConditionLayout::kEnergy) == doctest::Approx(0.5));
  CHECK(at(*c, 511, ConditionLayout::kEnergy) == doctest::Approx(0.5));
  for (std::size_t i = 480; i < music.frames && i < 960; ++i)
    music.loudness[i] = 0.4f;  // a drop: no build-up
  const auto drop = make_condition(music, test::small_model(), options("fast"));
  CHECK(at(*drop, 478, ConditionLayout::kEnergy) < 0.5f);
  CHECK(at(*drop, 480, ConditionLayout::kAccent) == 1.f);
}

TEST_CASE("condition: standing at first, an end on the last strong beat, and neither when not wanted") {
  const auto music = test::small_song(64);
  const auto c = make_condition(music, test::small_model(), {});
  REQUIRE(c.ok());
  CHECK(c->alive_from < 0.1);
  CHECK(c->alive_by > c->alive_from + 0.9);
  CHECK(c->final_beat == doctest::Approx(62.1));
  CHECK(at(*c, 0, ConditionLayout::kEnergy) < 0.5f * at(*c, 90, ConditionLayout::kEnergy));
  const auto plain = make_condition(music, test::small_model(), options("fast"));
  CHECK(plain->final_beat < 0);
  CHECK(plain->alive_by == 0);
  const auto brief = make_condition(test::small_song(4), test::small_model(), {});
  CHECK(brief->final_beat < 0);
}

TEST_CASE("condition: styles by section, their weights cross over and their phrases are their own") {
  const ModelInfo model = test::small_model();
  DanceOptions o = options("slow");
  o.section_styles = parse_section_styles("B=fast").value();
  const auto c = make_condition(test::small_song(64, 180, 0, 0), model, o);  // slow at half tempo
  REQUIRE(c.ok());
  CHECK(c->style == 0);
  bool mixed = false;
  for (int i = 0; i < c->frames; ++i) {
    CHECK(at(*c, i, ConditionLayout::kStyles) + at(*c, i, ConditionLayout::kStyles + 1) ==
          doctest::Approx(1));
    CHECK(at(*c, i, ConditionLayout::kStyles) >= 0.f);
    CHECK(at(*c, i, ConditionLayout::kStyles + 1) >= 0.f);
    mixed =
        mixed || (at(*c, i, ConditionLayout::kStyles) > 0.3f && at(*c, i, ConditionLayout::kStyles) < 0.7f);
    if (i > 0)
      CHECK(std::abs(at(*c, i, ConditionLayout::kStyles) - at(*c, i - 1, ConditionLayout::kStyles)) < 0.06f);
    const int code = c->phrases[static_cast<std::size_t>(i)];
    if (std::abs(at(*c, i, ConditionLayout::kStyles + 1) - 0.5f) > 0.06f)
      CHECK((code > 16) == (at(*c, i, ConditionLayout::kStyles + 1) > 0.5f));
    CHECK(at(*c, i, ConditionLayout::kTempo) == doctest::Approx(std::log2((code > 16 ? 180.0 : 90.0) / 120)));
  }
  CHECK(mixed);
  o.section_styles = parse_section_styles("B=polka").value();
  CHECK(make_condition(test::small_song(), model, o).error().code == ErrorCode::not_found);
  for (float bad : {-0.1f, 1.5f, std::numeric_limits<float>::quiet_NaN()}) {
    o = options("fast");
    o.variation = bad;
    CHECK(make_condition(test::small_song(), model, o).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("style auto: tempo decides, the seed settles near ties, always the same answer") {
  ModelInfo model = test::small_model();
  CHECK(choose_style(test::small_song(30, 90), model, 1).style == 0);
  CHECK(choose_style(test::small_song(30, 128), model, 1).style == 1);
  model.styles = {{"a", 120, 1}, {"b", 120, 1}, {"c", 120, 1}};
  std::set<int> seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    seen.insert(choose_style(test::small_song(30, 120), model, seed).style);
    CHECK(choose_style(test::small_song(30, 120), model, seed).style ==
          choose_style(test::small_song(30, 120), model, seed).style);
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("condition: energy and phrases follow the loudness of a synthesised song's sections") {
  const auto song = synth::synthesize_song({});
  REQUIRE(song.ok());
  const auto music = audio::analyze(song->pcm);
  REQUIRE(music.ok());
  const ModelInfo model = test::small_model(24);
  double correlation[2] = {0, 0};  // of a section's loudness with its energy, and with that of its phrases
  constexpr int kSeeds = 5;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto c = make_condition(*music, model, options("fast", seed));
    REQUIRE(c.ok());
    std::vector<double> loudness, energy, phrases;
    for (const audio::Section& s : song->score.sections) {
      double sums[4] = {0, 0, 0, 0};
      for (int i = static_cast<int>(s.start * 30); i < static_cast<int>(s.end * 30) && i < c->frames; ++i) {
        const auto frame = static_cast<std::size_t>(i);
        const auto code = static_cast<std::size_t>(c->phrases[frame]);
        sums[0] += 1, sums[1] += static_cast<double>(music->loudness[frame]);
        sums[2] += static_cast<double>(at(*c, i, ConditionLayout::kEnergy));
        sums[3] += static_cast<double>(model.phrases[code - 1].energy);
      }
      loudness.push_back(sums[1] / sums[0]);
      energy.push_back(sums[2] / sums[0]);
      phrases.push_back(sums[3] / sums[0]);
    }
    const auto pearson = [&](const std::vector<double>& y) {
      const auto n = static_cast<double>(y.size());
      double mx = 0, my = 0, xy = 0, xx = 0, yy = 0;
      for (std::size_t i = 0; i < y.size(); ++i) mx += loudness[i] / n, my += y[i] / n;
      for (std::size_t i = 0; i < y.size(); ++i) {
        xy += (loudness[i] - mx) * (y[i] - my);
        xx += (loudness[i] - mx) * (loudness[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
      }
      return xy / std::sqrt(xx * yy);
    };
    correlation[0] += pearson(energy) / kSeeds;
    correlation[1] += pearson(phrases) / kSeeds;
  }
  CHECK(correlation[0] > 0.9);
  CHECK(correlation[1] > 0.3);
}
