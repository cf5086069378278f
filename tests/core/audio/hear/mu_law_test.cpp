#include "audio/hear/mu_law.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

using namespace terpsi;
using audio::mu_law_code;
using audio::mu_law_sound;
using audio::mu_law_value;

TEST_CASE("mu-law: values outside [-1, 1] are clamped, NaN is 0") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CHECK(mu_law_code(7) == 127);
  CHECK(mu_law_code(-7) == -127);
  CHECK(mu_law_code(kInfinity) == 127);
  CHECK(mu_law_code(-kInfinity) == -127);
  CHECK(mu_law_code(std::nanf("")) == 0);
  CHECK(mu_law_value(1000) == mu_law_value(127));
  CHECK(mu_law_value(std::numeric_limits<int>::min()) == mu_law_value(-127));
}

TEST_CASE("mu-law: 255 levels that keep order and sign, and codes that come back") {
  std::set<float> values;
  for (int code = -127; code <= 127; ++code) {
    const float value = mu_law_value(code);
    CHECK(mu_law_code(value) == code);
    CHECK(mu_law_value(-code) == -value);
    if (code > -127) CHECK(value > mu_law_value(code - 1));
    values.insert(value);
  }
  CHECK(values.size() == 255);
  CHECK(mu_law_value(0) == 0.f);
  CHECK(mu_law_value(127) == doctest::Approx(1));
  // (256^(64/127) - 1) / 255, and ln(1 + 255 * 0.1) / ln 256 * 127 = 75.08
  CHECK(mu_law_value(64) == doctest::Approx(0.060208).epsilon(1e-4));
  CHECK(mu_law_code(0.1f) == 75);
  CHECK(mu_law_code(-0.001f) == -5);
}

TEST_CASE("mu-law: the error is at most 2.5 per cent of the sample, or of the softest level") {
  for (int i = -1000; i <= 1000; ++i) {
    const float x = static_cast<float>(i) / 1000;
    const float back = mu_law_value(mu_law_code(x));
    CHECK(std::abs(back - x) <= 0.025f * std::abs(x) + 1e-4f);
  }
}

TEST_CASE("mu-law: a song is heard at the same level however loud it is, and silence is refused") {
  audio::Pcm pcm;
  CHECK(mu_law_sound(pcm).error().code == ErrorCode::empty);
  pcm.samples.assign(44100, 0.f);
  CHECK(mu_law_sound(pcm).error().code == ErrorCode::empty);
  for (std::size_t i = 0; i < pcm.samples.size(); ++i)
    pcm.samples[i] = 0.3f + 0.02f * std::sin(0.05f * static_cast<float>(i));
  const auto soft = mu_law_sound(pcm);
  REQUIRE(soft);
  REQUIRE(soft->size() == pcm.samples.size());
  double square = 0;
  for (const float x : *soft) square += static_cast<double>(x) * static_cast<double>(x);
  CHECK(std::sqrt(square / 44100) == doctest::Approx(0.1).epsilon(0.01));
  for (float& x : pcm.samples) x *= 40;
  const auto loud = mu_law_sound(pcm);
  REQUIRE(loud);
  std::size_t other = 0;  // a sample between two levels may fall to either
  for (std::size_t i = 0; i < soft->size(); ++i) other += (*soft)[i] != (*loud)[i];
  CHECK(other < 50);
  pcm.sample_rate = 44100;
  CHECK(mu_law_sound(pcm)->size() == 22050);
  pcm.samples[7] = std::nanf("");
  CHECK(mu_law_sound(pcm).error().code == ErrorCode::invalid_argument);
}
