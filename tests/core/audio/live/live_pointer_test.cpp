#include "audio/live/live_pointer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace terpsi::audio;

TEST_CASE("pointer: attacks of any size leave a finite estimate") {
  LivePointer pointer(52, 210);
  for (const float attack : {0.0f, -3.0f, 1e-30f, 10.0f, 500.0f}) {
    for (int i = 0; i < 200; ++i) pointer.step(attack);
    const BeatEstimate estimate = pointer.estimate({});
    CHECK(std::isfinite(estimate.beat));
    CHECK((estimate.period > 0.28 && estimate.period < 1.16));
    CHECK((estimate.mass >= 0 && estimate.mass <= 1.01));
  }
}

TEST_CASE("pointer: the rate has mean 1 over a beat, is highest on it, and higher half-way than between") {
  for (const double period : {0.3, 0.5, 0.9}) {
    double sum = 0;
    for (int k = 0; k < 2000; ++k) sum += std::exp(LivePointer::log_rate(period, k / 2000.0)) / 2000;
    CHECK(sum == doctest::Approx(1).epsilon(0.01));
    CHECK(LivePointer::log_rate(period, 0) > LivePointer::log_rate(period, 0.5));
    CHECK(LivePointer::log_rate(period, 0.5) > LivePointer::log_rate(period, 0.4));
    CHECK(LivePointer::log_rate(period, 1) == doctest::Approx(LivePointer::log_rate(period, 0)));
  }
}

TEST_CASE("pointer: even attacks are predicted to a few milliseconds") {
  for (const double bpm : {83.0, 118.0, 151.3}) {
    CAPTURE(bpm);
    LivePointer pointer(52, 210);
    const double period = 60 / bpm;
    double last = 0;
    for (int frame = 0; frame < 15 * kOnsetRate; ++frame) {
      const double now = static_cast<double>(frame) / kOnsetRate;
      const double beats = now / period;
      last = now;
      pointer.step(std::abs(beats - std::round(beats)) * period < 0.5 / kOnsetRate ? 20.0f : 0.0f);
    }
    const BeatEstimate estimate = pointer.estimate({});
    CHECK(estimate.period == doctest::Approx(period).epsilon(0.01));
    const double beats = (last + estimate.beat) / period;
    CHECK(std::abs(beats - std::round(beats)) * period < 0.012);
    CHECK(estimate.mass > 0.5);
  }
}
