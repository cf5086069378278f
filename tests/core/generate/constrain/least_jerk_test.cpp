#include "generate/constrain/least_jerk.h"

#include <doctest/doctest.h>

#include <cmath>

using terpsi::generate::LeastJerk;

namespace {

double cost(const LeastJerk& c) {
  double sum = 0;
  for (std::size_t i = 0; i + 3 < c.frames; ++i) {
    const double d = c.values[i + 3] - 3 * c.values[i + 2] + 3 * c.values[i + 1] - c.values[i];
    sum += d * d;
  }
  return sum;
}

}  // namespace

TEST_CASE("least jerk: nothing, nothing given, everything given") {
  for (std::size_t frames : {0u, 1u, 2u, 5u}) {
    LeastJerk none(frames, 2);
    solve(none);
    for (double v : none.values) CHECK(v == 0.0);
    LeastJerk all(frames, 1);
    for (std::size_t i = 0; i < frames; ++i) all.given[i] = 1, all.at(i, 0) = static_cast<double>(i * i);
    solve(all);
    for (std::size_t i = 0; i < frames; ++i) CHECK(all.at(i, 0) == static_cast<double>(i * i));
  }
}

TEST_CASE("least jerk: one given value is kept to") {
  LeastJerk c(40, 1);
  c.given[17] = 1;
  c.at(17, 0) = 3;
  solve(c);
  for (double v : c.values) CHECK(v == doctest::Approx(3).epsilon(1e-2));
}

TEST_CASE("least jerk: a quadratic goes on as a quadratic") {
  LeastJerk c(60, 2);
  const auto f = [](std::size_t i) { return 0.01 * static_cast<double>(i * i) - static_cast<double>(i); };
  for (std::size_t i : {3u, 20u, 21u, 50u}) {
    c.given[i] = 1;
    c.at(i, 0) = f(i);
    c.at(i, 1) = -2 * f(i);
  }
  solve(c);
  for (std::size_t i = 0; i < 60; ++i) {
    CHECK(c.at(i, 0) == doctest::Approx(f(i)).epsilon(1e-3).scale(1));
    CHECK(c.at(i, 1) == doctest::Approx(-2 * f(i)).epsilon(1e-3).scale(1));
  }
}

TEST_CASE("least jerk: from rest to rest it is the quintic of Flash and Hogan") {
  const std::size_t n = 90;
  LeastJerk c(n + 8, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    c.given[i] = c.given[n + 4 + i] = 1;
    c.at(n + 4 + i, 0) = 1;
  }
  solve(c);
  for (std::size_t i = 0; i <= n; ++i) {
    const double u = (static_cast<double>(i) + 0.5) / (static_cast<double>(n) + 1);
    CHECK(std::abs(c.at(i + 3, 0) - u * u * u * (10 + u * (6 * u - 15))) < 0.015);
  }
}

TEST_CASE("least jerk: no change of a free value makes it smoother") {
  LeastJerk c(50, 1);
  for (std::size_t i : {0u, 1u, 2u, 24u, 27u, 47u, 48u, 49u}) c.given[i] = 1;
  c.at(24, 0) = 1;
  c.at(27, 0) = 1.3;
  solve(c);
  const double best = cost(c);
  for (std::size_t i = 3; i < 47; ++i) {
    if (c.given[i]) continue;
    for (double step : {-1e-3, 1e-3}) {
      LeastJerk other = c;
      other.at(i, 0) += step;
      CHECK(cost(other) > best);
    }
  }
}

TEST_CASE("least jerk: pull and drag") {
  LeastJerk c(200, 1);
  c.pull.assign(200, 1.0);
  c.wanted.assign(200, 0.0);
  for (std::size_t i = 0; i < 200; ++i) c.wanted[i] = std::sin(0.05 * static_cast<double>(i));
  solve(c);
  for (std::size_t i = 0; i < 200; ++i) CHECK(std::abs(c.at(i, 0) - c.wanted[i]) < 1e-3);

  LeastJerk d(100, 1);  // moves where it is free to
  for (std::size_t i = 0; i < 3; ++i) d.given[i] = d.given[99 - i] = 1, d.at(99 - i, 0) = 1;
  d.drag.assign(100, 1.0);
  for (std::size_t i = 40; i < 60; ++i) d.drag[i] = 0;
  solve(d);
  CHECK(d.at(38, 0) < 0.1);
  CHECK(d.at(61, 0) > 0.9);
}

TEST_CASE("least jerk: keep_between does not swing far beyond opposite neighbours") {
  LeastJerk c(120, 1);
  for (std::size_t i = 0; i < 120; ++i) c.given[i] = i < 20 || i >= 100;
  c.given[58] = c.given[61] = 1;
  c.at(58, 0) = 1;
  c.at(61, 0) = -1;
  LeastJerk plain = c;
  solve(plain);
  keep_between(c, 1.25, 0.01);
  double most = 0, most_plain = 0;
  for (std::size_t i = 0; i < 120; ++i) {
    most = std::max(most, std::abs(c.at(i, 0)));
    most_plain = std::max(most_plain, std::abs(plain.at(i, 0)));
  }
  CHECK(most_plain > 2);
  CHECK(most < 1.3);
  CHECK(c.at(58, 0) == 1);
  CHECK(c.at(61, 0) == -1);
}
