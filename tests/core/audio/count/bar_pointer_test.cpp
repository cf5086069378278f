#include "audio/count/bar_pointer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "audio/hear/listener_input.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using terpsi::audio::testing::downbeats;
using terpsi::audio::testing::f_measure;

namespace {

struct Pulse {
  std::vector<double> beats;
  std::vector<int> in_bar;
};

// Beats from `bpm` to `bpm_end`, evenly changing.
Pulse pulse(double bpm, double bpm_end, int per_bar, double seconds, double first = 0.3) {
  Pulse p;
  double t = first;
  for (int k = 0; t < seconds; ++k) {
    p.beats.push_back(t);
    p.in_bar.push_back(k % per_bar + 1);
    t += 60.0 / (bpm + (bpm_end - bpm) * t / seconds);
  }
  return p;
}

// What a network says that is sure to `height`: triangles 2.5 rows to either side of the beats.
std::vector<float> activation(const Pulse& p, double seconds, float height = 0.9f, float low = 0.02f) {
  const auto rows = static_cast<std::size_t>(seconds * kListenerRate);
  std::vector<float> out(rows * 2, low);
  for (std::size_t k = 0; k < p.beats.size(); ++k) {
    const double at = p.beats[k] * kListenerRate;
    for (double t = std::ceil(at - 2.5); t <= at + 2.5; t += 1) {
      if (t < 0 || t >= static_cast<double>(rows)) continue;
      const auto value = std::max(low, height * static_cast<float>(1 - std::abs(t - at) / 2.5));
      const auto row = 2 * static_cast<std::size_t>(t);
      out[row] = std::max(out[row], value);
      if (p.in_bar[k] == 1) out[row + 1] = std::max(out[row + 1], value);
    }
  }
  return out;
}

void check_sound(const Metre& m, double seconds) {
  REQUIRE(m.beat_in_bar.size() == m.beats.size());
  CHECK((m.beats_per_bar >= 2 && m.beats_per_bar <= 4));
  CHECK((m.confidence >= 0 && m.confidence <= 1));
  CHECK((m.bpm > 30 && m.bpm < 260));
  bool good = true;
  for (std::size_t k = 0; k < m.beats.size(); ++k) {
    good = good && m.beats[k] >= 0 && m.beats[k] < seconds && m.beat_in_bar[k] >= 1 &&
           m.beat_in_bar[k] <= 4 && (k == 0 || m.beats[k] > m.beats[k - 1] + 0.1);
  }
  CHECK(good);
}

}  // namespace

TEST_CASE("bar pointer: garbage gives a sound result") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  check_sound(bar_pointer({}, 1.0), 1.0);
  for (const float value : {0.0f, 1.0f, -5.0f, 7.0f, nan, inf, -inf}) {
    for (const std::size_t rows : {std::size_t{2}, std::size_t{20}, std::size_t{90 * 8}}) {
      const std::vector<float> flat(rows * 2, value);
      const double seconds = std::max(1.0, static_cast<double>(rows) / kListenerRate);
      check_sound(bar_pointer(flat, seconds), seconds);
    }
  }
}

TEST_CASE("bar pointer: bars of 2, 3 and 4 from 40 to 240 BPM, exact to a few milliseconds") {
  for (const int per_bar : {2, 3, 4}) {
    for (const double bpm : {41.0, 62.0, 97.3, 120.0, 152.0, 200.0, 238.0}) {
      CAPTURE(per_bar);
      CAPTURE(bpm);
      const double seconds = 40;
      const Pulse truth = pulse(bpm, bpm, per_bar, seconds);
      const Metre m = bar_pointer(activation(truth, seconds), seconds);
      check_sound(m, seconds);
      CHECK(m.bpm == doctest::Approx(bpm).epsilon(0.003));
      CHECK(m.beats_per_bar == per_bar);
      CHECK(m.confidence > 0.8);
      CHECK(f_measure(truth.beats, m.beats) > 0.99);
      CHECK(f_measure(downbeats(truth.beats, truth.in_bar), downbeats(m.beats, m.beat_in_bar)) > 0.99);
      double worst = 0;
      for (const double beat : m.beats) {
        double nearest = 1;
        for (const double t : truth.beats) nearest = std::min(nearest, std::abs(t - beat));
        if (beat > 1 && beat < seconds - 1) worst = std::max(worst, nearest);
      }
      CHECK(worst < 0.005);
    }
  }
}

TEST_CASE("bar pointer: follows a tempo that drifts, and a change of metre") {
  const Pulse drift = pulse(90, 130, 4, 60);
  const Metre m = bar_pointer(activation(drift, 60), 60);
  CHECK(f_measure(drift.beats, m.beats) > 0.98);
  CHECK(f_measure(downbeats(drift.beats, drift.in_bar), downbeats(m.beats, m.beat_in_bar)) > 0.98);

  Pulse change = pulse(120, 120, 4, 60);
  for (std::size_t k = 60; k < change.in_bar.size(); ++k) change.in_bar[k] = static_cast<int>(k - 60) % 3 + 1;
  const Metre both = bar_pointer(activation(change, 60), 60);
  CHECK(f_measure(change.beats, both.beats) > 0.99);
  CHECK(f_measure(downbeats(change.beats, change.in_bar), downbeats(both.beats, both.beat_in_bar)) > 0.95);
}

TEST_CASE("bar pointer: keeps counting through a break, and stays unsure where nothing is heard") {
  const Pulse truth = pulse(124, 124, 4, 60);
  std::vector<float> heard = activation(truth, 60);
  for (std::size_t row = 20 * kListenerRate; row < 32 * kListenerRate; ++row)
    heard[2 * row] = heard[2 * row + 1] = 0.02f;
  const Metre m = bar_pointer(heard, 60);
  check_sound(m, 60);
  CHECK(f_measure(truth.beats, m.beats) > 0.98);

  const std::vector<float> silence(60 * kListenerRate * 2, 0.01f);
  CHECK(bar_pointer(silence, 60).confidence < 0.1);
}

TEST_CASE("bar pointer: weak hints between the beats do not double the tempo, strong ones do") {
  const Pulse slow = pulse(70, 70, 2, 40), fast = pulse(140, 140, 4, 40);
  const auto mixed = [&](float between) {
    std::vector<float> strong = activation(slow, 40), weak = activation(fast, 40, between);
    for (std::size_t i = 0; i < strong.size(); i += 2) strong[i] = std::max(strong[i], weak[i]);
    return bar_pointer(strong, 40).bpm;
  };
  CHECK(mixed(0.05f) == doctest::Approx(70).epsilon(0.01));
  CHECK(mixed(0.8f) == doctest::Approx(140).epsilon(0.01));
}
