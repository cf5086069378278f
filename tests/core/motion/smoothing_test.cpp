#include "motion/smoothing.h"

#include <doctest/doctest.h>

using namespace terpsi::motion;

TEST_CASE("smoothing: nothing, one value, a reach longer than the curve") {
  CHECK(smooth_envelope({}, 3).empty());
  CHECK(hann_mean({}, 3).empty());
  CHECK(gaussian_mean<float>({}, 2, 0.f).empty());
  CHECK(smooth_envelope({0.5f}, 0)[0] == doctest::Approx(0.5f));
  for (const float v : hann_mean({2, 2, 2}, 50)) CHECK(v == doctest::Approx(2));
  for (const float v : gaussian_mean<float>({2, 2, 2}, 40, 0.f)) CHECK(v == doctest::Approx(2));
}

TEST_CASE("a cover is nowhere below the needs, reaches as far as it says, and has no steps") {
  std::vector<float> needs(60, 0.f);
  needs[20] = 1, needs[23] = 0.4f, needs[40] = 0.7f;
  const std::vector<float> cover = smooth_envelope(needs, 3);
  for (std::size_t i = 0; i < needs.size(); ++i) {
    CHECK(cover[i] >= needs[i] - 1e-6f);
    CHECK(cover[i] <= 1.0001f);
    if (i > 0) CHECK(std::abs(cover[i] - cover[i - 1]) < 0.3f);
  }
  CHECK(cover[20 - 6] > 0);
  CHECK(cover[20 - 7] == 0);
  CHECK(cover[40 + 6] > 0);
  CHECK(cover[40 + 7] == 0);
}

TEST_CASE("a mean keeps the sum of a lonely value") {
  std::vector<float> values(21, 0.f);
  values[10] = 1;
  float sum = 0;
  for (const float v : hann_mean(values, 4)) sum += v;
  CHECK(sum == doctest::Approx(1));
  CHECK(hann_mean(values, 4)[10] > hann_mean(values, 4)[11]);
}
