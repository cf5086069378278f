#include "base/monotone_cubic.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using terpsi::MonotoneCubic;

TEST_CASE("monotone cubic: one point, outside the points, on the points") {
  const MonotoneCubic one({2.0}, {5.0});
  for (double t : {-1.0, 2.0, 9.0}) CHECK(one(t) == 5.0);
  const MonotoneCubic c({1.0, 2.0, 4.0}, {3.0, 1.0, 1.5});
  CHECK(c(-100) == 3.0);
  CHECK(c(100) == 1.5);
  CHECK(c(1.0) == doctest::Approx(3.0));
  CHECK(c(2.0) == doctest::Approx(1.0));
  CHECK(c(4.0) == doctest::Approx(1.5));
}

TEST_CASE("monotone cubic: a line is a line; no swing beyond the points; continuous slope") {
  const MonotoneCubic line({0.0, 1.0, 1.5, 4.0}, {1.0, 3.0, 4.0, 9.0});
  for (double t = 0; t <= 4; t += 0.1) CHECK(line(t) == doctest::Approx(1 + 2 * t));

  std::mt19937 random(3);
  std::uniform_real_distribution<double> value(-2, 2), gap(0.1, 2);
  std::vector<double> times{0}, values{0};
  for (int i = 0; i < 30; ++i) {
    times.push_back(times.back() + gap(random));
    values.push_back(i % 5 == 0 ? values.back() : value(random));
  }
  const MonotoneCubic c(times, values);
  for (std::size_t i = 0; i + 1 < times.size(); ++i) {
    const double low = std::min(values[i], values[i + 1]), high = std::max(values[i], values[i + 1]);
    for (int k = 0; k <= 20; ++k) {
      const double v = c(times[i] + (times[i + 1] - times[i]) * k / 20);
      CHECK(v >= low - 1e-9);
      CHECK(v <= high + 1e-9);
    }
    const double e = 1e-6, t = times[i + 1];
    if (i + 2 < times.size()) CHECK(std::abs((c(t + e) - c(t)) - (c(t) - c(t - e))) / e < 1e-2);
  }
}
