#pragma once
// Sounds and measures for the audio tests.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "audio/hear/onset.h"
#include "audio/pcm.h"

namespace terpsi::audio::testing {

inline std::vector<float> sine(double hz, double seconds, int rate = kAnalysisRate, double amplitude = 0.5) {
  std::vector<float> out(static_cast<std::size_t>(seconds * rate));
  for (std::size_t n = 0; n < out.size(); ++n) {
    out[n] =
        static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(n) / rate));
  }
  return out;
}

inline std::vector<float> noise(std::size_t size, std::uint32_t seed, float amplitude = 0.5f) {
  std::vector<float> out(size);
  for (float& v : out) {
    seed = seed * 1664525u + 1013904223u;
    v = amplitude * (static_cast<float>(seed >> 8) / 8388608.0f - 1.0f);
  }
  return out;
}

// Onset strength with a spike of `strength` at each time; the same in every band.
inline OnsetStrength spikes(const std::vector<double>& times, double seconds, float strength = 1.0f) {
  OnsetStrength onset;
  onset.whole.assign(static_cast<std::size_t>(seconds * kOnsetRate), 0.0f);
  for (double t : times) {
    const double at = t * kOnsetRate;
    for (std::size_t k = 0; k < onset.whole.size(); ++k) {
      const double distance = std::abs(static_cast<double>(k) - at);
      if (distance < 2) onset.whole[k] += strength * static_cast<float>(1 - distance / 2);
    }
  }
  onset.low = onset.mid = onset.high = onset.whole;
  return onset;
}

inline std::vector<double> every(double period, double from, double to) {
  std::vector<double> times;
  for (int k = 0; from + k * period < to; ++k) times.push_back(from + k * period);
  return times;
}

// Beat F-measure with a window of +-70 ms, times before `skip` left out (the usual convention of beat
// tracking).
inline double f_measure(std::vector<double> expected, std::vector<double> got, double skip = 5,
                        double tolerance = 0.07) {
  std::erase_if(expected, [&](double t) { return t < skip; });
  std::erase_if(got, [&](double t) { return t < skip; });
  std::size_t hits = 0, from = 0;
  for (double t : expected) {
    while (from < got.size() && got[from] < t - tolerance) ++from;
    if (from < got.size() && got[from] <= t + tolerance) {
      ++hits;
      ++from;
    }
  }
  return 2.0 * static_cast<double>(hits) /
         static_cast<double>(std::max<std::size_t>(1, expected.size() + got.size()));
}

// The beats that are the first of a bar.
inline std::vector<double> downbeats(const std::vector<double>& beats, const std::vector<int>& in_bar) {
  std::vector<double> out;
  for (std::size_t k = 0; k < beats.size(); ++k) {
    if (in_bar[k] == 1) out.push_back(beats[k]);
  }
  return out;
}

// Mean of (nearest got - expected), over those within 70 ms.
inline double mean_offset(const std::vector<double>& expected, const std::vector<double>& got) {
  double sum = 0;
  int count = 0;
  for (double t : expected) {
    double best = 1e9;
    for (double g : got) {
      if (std::abs(g - t) < std::abs(best)) best = g - t;
    }
    if (std::abs(best) <= 0.07) {
      sum += best;
      ++count;
    }
  }
  return count > 0 ? sum / count : 1e9;
}

}  // namespace terpsi::audio::testing
