#include "audio/dot.h"

#include <doctest/doctest.h>

#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("sums of nothing are zero") {
  CHECK(dot(nullptr, nullptr, 0) == 0.0f);
  CHECK(mean_and_variance({}).mean == 0.0);
  CHECK(mean_and_variance({}).variance == 0.0);
}

TEST_CASE("sums of every length agree with plain ones") {
  const std::vector<float> a = noise(40, 1), b = noise(40, 2);
  for (std::size_t n = 0; n <= a.size(); ++n) {
    double sum = 0, total = 0, square = 0;
    for (std::size_t k = 0; k < n; ++k) {
      sum += static_cast<double>(a[k]) * b[k];
      total += a[k];
    }
    CHECK(dot(a.data(), b.data(), n) == doctest::Approx(sum).epsilon(1e-5));
    if (n == 0) continue;
    const double mean = total / static_cast<double>(n);
    for (std::size_t k = 0; k < n; ++k) square += (a[k] - mean) * (a[k] - mean);
    const MeanVariance m = mean_and_variance(std::span<const float>(a).first(n));
    CHECK(m.mean == doctest::Approx(mean));
    CHECK(m.variance == doctest::Approx(square / static_cast<double>(n)));
  }
}
