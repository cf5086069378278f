#include "base/statistics.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace terpsi;

TEST_CASE("quantiles take a value that is there") {
  const std::vector<double> four = {40, 10, 30, 20};
  CHECK(nth_smallest(four, 0) == 10);
  CHECK(nth_smallest(four, 3) == 40);
  CHECK(quantile(four, 0.5) == 30);  // the upper median
  CHECK(quantile(four, 0.25) == 20);
  CHECK(quantile(four, 1) == 40);
  CHECK(quantile_lower(four, 0.5) == 20);
  CHECK(quantile_lower(four, 1) == 40);
  CHECK(quantile(std::vector<float>{3.f, 1.f, 2.f}, 0.5) == 2.f);
  CHECK(quantile_lower(std::vector<float>{3.f, 1.f, 2.f}, 0.99) == 2.f);
  CHECK(quantile_linear(four, 0.5) == 25);
  CHECK(quantile_linear(four, 0.9) == doctest::Approx(37));  // numpy.percentile([10, 20, 30, 40], 90)
  CHECK(quantile_linear(four, 0) == 10);
  CHECK(quantile_linear(four, 1) == 40);
  CHECK(quantile_linear({7}, 0.3) == 7);
  CHECK(quantile_linear({}, 0.3) == 0);
  CHECK(quantile(std::vector<double>{}, 0.5) == 0);
  CHECK(quantile_lower(std::vector<float>{}, 0.5) == 0);
}

TEST_CASE("shares of whole numbers of values fall on the value that whole arithmetic gives") {
  for (std::size_t n = 1; n < 3000; ++n) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<double>(i);
    REQUIRE(quantile(values, 0.5) == static_cast<double>(n / 2));
    REQUIRE(quantile(values, 0.1) == static_cast<double>(n / 10));
    REQUIRE(quantile(values, 0.05) == static_cast<double>(n / 20));
    REQUIRE(quantile(values, 0.01) == static_cast<double>(n / 100));
    REQUIRE(quantile_lower(values, 0.95) == static_cast<double>((n - 1) * 95 / 100));
    REQUIRE(quantile_lower(values, 0.9) == static_cast<double>((n - 1) * 9 / 10));
    REQUIRE(quantile_lower(values, 0.1) == static_cast<double>((n - 1) / 10));
  }
}

TEST_CASE("median, mean and deviation") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 2.5);
  CHECK(median({}) == 0);
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  CHECK(mean(values) == 5);
  CHECK(standard_deviation(values) == 2);
  CHECK(standard_deviation(values, 1) == doctest::Approx(std::sqrt(32.0 / 7)));
  CHECK(mean(std::vector<float>{1.f, 2.f}) == 1.5);
  CHECK(mean(std::vector<float>{}) == 0);
}

TEST_CASE("moving_mean is of fewer values at the ends") {
  CHECK(moving_mean(std::vector<double>{1, 2, 3, 4, 10}, 1) == std::vector<double>{1.5, 2, 3, 17.0 / 3, 7});
  CHECK(moving_mean(std::vector<double>{1, 3}, 5) == std::vector<double>{2, 2});
  CHECK(moving_mean(std::vector<double>{}, 2).empty());
}
