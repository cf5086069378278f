#include "audio/pcm.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/audio/signals.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
ErrorCode code_of(Pcm pcm) {
  const Status status = check_pcm(pcm);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.size() > 20);
  return status.error().code;
}
}  // namespace

TEST_CASE("pcm that cannot be analysed is refused with a reason") {
  CHECK(code_of({}) == ErrorCode::empty);
  CHECK(code_of({{0.5f}, 22050}) == ErrorCode::empty);
  CHECK(code_of({std::vector<float>(44100, 0.0f), 22050}) == ErrorCode::empty);
  CHECK(code_of({std::vector<float>(44100, 0.7f), 22050}) == ErrorCode::empty);  // a constant cannot be heard
  CHECK(code_of({sine(440, 2), 0}) == ErrorCode::invalid_argument);
  CHECK(code_of({sine(440, 2), -22050}) == ErrorCode::invalid_argument);
  CHECK(code_of({sine(440, 2), 7999}) == ErrorCode::invalid_argument);
  CHECK(code_of({sine(440, 2), 200000}) == ErrorCode::invalid_argument);
  CHECK(code_of({std::vector<float>(20 * 60 * 8000, 0.1f), 8000}) == ErrorCode::too_large);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity(), 1e30f}) {
    std::vector<float> samples = sine(440, 2);
    samples[samples.size() / 2] = bad;
    CHECK(code_of({samples, 22050}) == ErrorCode::invalid_argument);
  }
  CHECK(check_pcm({sine(440, 2, 22050, 1e6), 22050}).ok());
}

TEST_CASE("normalize sets the level and takes out a constant") {
  std::vector<float> samples = sine(100, 1);
  for (float& v : samples) v = 3 * v + 5;
  normalize(samples, 0.1);
  double sum = 0, square = 0;
  for (float v : samples) {
    sum += v;
    square += v * v;
  }
  CHECK(std::abs(sum / static_cast<double>(samples.size())) < 1e-6);
  CHECK(std::sqrt(square / static_cast<double>(samples.size())) == doctest::Approx(0.1).epsilon(1e-4));
  std::vector<float> silent(100, 0.0f), none;
  normalize(silent, 0.1);
  normalize(none, 0.1);
  CHECK(silent == std::vector<float>(100, 0.0f));
}

TEST_CASE("the peak envelope has 60 values a second and follows the level") {
  std::vector<float> samples = sine(500, 2);
  for (std::size_t n = 0; n < samples.size() / 2; ++n) samples[n] *= 0.25f;
  const std::vector<float> envelope = peak_envelope(samples, kAnalysisRate, 60);
  REQUIRE(envelope.size() == 120);
  CHECK(envelope[30] == doctest::Approx(0.25).epsilon(0.02));
  CHECK(envelope[90] == doctest::Approx(1.0).epsilon(0.02));
  CHECK(peak_envelope({}, kAnalysisRate, 60) == std::vector<float>{0.0f});
}
