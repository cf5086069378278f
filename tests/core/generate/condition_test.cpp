#include "generate/condition.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/limits.h"
#include "core/generate/fixture.h"
#include "generate/style_choice.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

DanceOptions options(const char* style, std::uint64_t seed = 1, float energy = 0.5f) {
  return {style, seed, energy};
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
  for (int i = 0; i < 300; ++i) {
    for (int column : {0, 1, 2, 3, 4, 5, 6, 9, 10}) CHECK(at(*c, i, column) == 0.f);
    CHECK(at(*c, i, 11) == 1.f);
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
    CHECK(at(*c, i, 6) == doctest::Approx(0).scale(1));
    CHECK(at(*c, i, 9) == 1.f);
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
  CHECK(at(*c, 500, 6) == doctest::Approx(std::log2(90.0 / 120)));
  CHECK(c->beats.size() > 2 * c->dance_beats.size() - 3);
}

TEST_CASE("condition: energy follows the option and loudness; steady loudness is neutral") {
  const ModelInfo model = test::small_model();
  auto music = test::small_song(64);
  const auto c = make_condition(music, model, options("fast"));
  REQUIRE(c.ok());
  CHECK(at(*c, 1200, 7) < at(*c, 720, 7));
  const auto big = make_condition(music, model, options("fast", 1, 0.9f));
  CHECK(at(*big, 1200, 7) == doctest::Approx(static_cast<double>(at(*c, 1200, 7)) + 0.4));
  music.loudness.assign(music.frames, 0.77f);
  const auto steady = make_condition(music, model, options("fast"));
  for (int i = 0; i < steady->frames; ++i) CHECK(at(*steady, i, 7) == doctest::Approx(0.5));
  CHECK(at(*c, 63, 8) > 0.4f);  // a beat at 2.1 s
  CHECK(at(*c, 70, 8) == 0.f);
}

TEST_CASE("condition: noise belongs to the section label and the place in the section") {
  const auto c = make_condition(test::small_song(64), test::small_model(), options("fast"));
  REQUIRE(c.ok());
  for (std::size_t i = 0; i < 480; ++i) {
    CHECK(c->noise_frames[i] == c->noise_frames[i + 960]);
    CHECK(c->noise_frames[i] != c->noise_frames[i + 480]);
  }
}

TEST_CASE("style auto: tempo decides, the seed settles near ties, always the same answer") {
  ModelInfo model = test::small_model();
  CHECK(choose_style(test::small_song(30, 90), model, 1) == 0);
  CHECK(choose_style(test::small_song(30, 128), model, 1) == 1);
  model.styles = {{"a", 120, 1}, {"b", 120, 1}, {"c", 120, 1}};
  std::set<int> seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    seen.insert(choose_style(test::small_song(30, 120), model, seed));
    CHECK(choose_style(test::small_song(30, 120), model, seed) ==
          choose_style(test::small_song(30, 120), model, seed));
  }
  CHECK(seen.size() == 3);
}
