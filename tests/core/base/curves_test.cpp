#include "base/curves.h"

#include <doctest/doctest.h>

using namespace terpsi;

TEST_CASE("eases: ends, middle, symmetry, and constant beyond") {
  for (double (*ease)(double) : {&smoothstep<double>, &minimum_jerk<double>}) {
    CHECK(ease(-3.0) == 0);
    CHECK(ease(0.0) == 0);
    CHECK(ease(0.5) == 0.5);
    CHECK(ease(1.0) == 1);
    CHECK(ease(7.0) == 1);
    for (double u = 0; u <= 1; u += 0.0625) CHECK(ease(u) + ease(1 - u) == doctest::Approx(1));
    CHECK(ease(1e-4) < 1e-7);  // no slope
  }
  CHECK(minimum_jerk(1e-4) < 1e-11);  // no curvature
  CHECK(smoothstep(3.f, 2.f, 4.f) == 0.5f);
  CHECK(smoothstep(2.5f, 2.f, 4.f) == smoothstep(0.25f));
}

TEST_CASE("gaussian_kernel") {
  const auto kernel = gaussian_kernel(2.0, 3);
  REQUIRE(kernel.size() == 7);
  CHECK(kernel[3] == 1);
  CHECK(kernel[5] == doctest::Approx(std::exp(-0.5)));
  CHECK(kernel[0] == kernel[6]);
}
