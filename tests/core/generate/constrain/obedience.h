#pragma once
// How well and how smoothly a dance obeys its constraints.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/statistics.h"
#include "generate/constrain/blend_state.h"
#include "generate/constrain/demands.h"
#include "motion/heading.h"
#include "motion/rotation.h"

namespace terpsi::test {

using generate::Demands;

// A keyframe that demands the rest pose of the whole body.
inline generate::Keyframe standing(double time) {
  generate::Keyframe key;
  key.time = time;
  key.joints = generate::kAllJoints;
  return key;
}

inline double degrees_between(const motion::Quat& a, const motion::Quat& b) {
  return static_cast<double>(motion::angle_of(a.conjugate() * b)) * 180 / std::numbers::pi;
}

// How far a clip is from what is demanded, at the worst frame. Root position in metres, local rotations in degrees.
struct Disobedience {
  double metres = 0, degrees = 0;
};

inline Disobedience disobedience(const motion::Clip& clip, const Demands& demands) {
  Disobedience worst;
  for (std::size_t f = 0; f < std::min(clip.size(), demands.joints.size()); ++f) {
    const motion::Frame &is = clip.frames[f], &shall = demands.frames[f];
    double squares = 0;
    for (int axis = 0; axis < 3; ++axis) {
      const auto off = static_cast<double>(is.root[axis] - shall.root[axis]);
      if ((demands.places[f] >> axis & 1) != 0) squares += off * off;
    }
    worst.metres = std::max(worst.metres, std::sqrt(squares));
    const motion::Quat &pelvis = is.rotations[motion::kPelvis], &wanted = shall.rotations[motion::kPelvis];
    if ((demands.places[f] & Demands::kHeading) != 0) {
      worst.degrees = std::max(worst.degrees, degrees_between(motion::turned(motion::heading_of(pelvis)),
                                                              motion::turned(motion::heading_of(wanted))));
    }
    if ((demands.places[f] & Demands::kTilt) != 0) {
      worst.degrees =
          std::max(worst.degrees, degrees_between(motion::tilt_of(pelvis), motion::tilt_of(wanted)));
    }
    for (int j = 0; j < motion::kJoints; ++j) {
      const auto k = static_cast<std::size_t>(j);
      if ((demands.joints[f] & generate::joint_bit(j)) == 0) continue;
      worst.degrees = std::max(worst.degrees, degrees_between(is.rotations[k], shall.rotations[k]));
    }
  }
  return worst;
}

// Jerk around the demands, ratios. 0 without demands.
struct BlendJerk {
  double mean_ratio = 0;  // mean within 0.5 s of a demand / mean of the whole dance before
  double peak_ratio =
      0;  // largest there / 95th percentile, over all moments of the dance before, of the largest
          // within 0.5 s of the moment
  double added_ratio = 0;  // mean there / mean of the same frames before
};

// `before`: the clip as it was before apply_constraints. Demanded frames whose neighbours are demanded too (the
// inside of kept ranges) do not count.
inline BlendJerk blend_jerk(const motion::Clip& before, const motion::Clip& after, const Demands& demands) {
  BlendJerk out;
  const std::vector<double> was = generate::joint_jerk(before), is = generate::joint_jerk(after);
  if (was.empty() || is.size() != was.size() || demands.joints.size() != before.size()) return out;
  const std::size_t frames = demands.joints.size(), reach = generate::to_frame(0.5);
  const auto demanded = [&](std::size_t f) { return demands.joints[f] != 0 || demands.places[f] != 0; };
  std::vector<std::uint8_t> near(was.size(), 0);
  for (std::size_t f = 0; f < frames; ++f) {
    const bool inside = f > 0 && f + 1 < frames && demanded(f - 1) && demanded(f + 1);
    if (!demanded(f) || inside) continue;
    // Frames f - reach to f + reach: differences that begin at f - reach to f + reach - 3.
    for (std::size_t k = f - std::min(f, reach); k + 3 <= f + reach && k < was.size(); ++k) near[k] = 1;
  }
  double sum = 0, sum_before = 0, peak = 0;
  std::size_t count = 0;
  for (std::size_t k = 0; k < was.size(); ++k) {
    if (!near[k]) continue;
    sum += is[k];
    sum_before += was[k];
    peak = std::max(peak, is[k]);
    ++count;
  }
  if (count == 0) return out;
  std::vector<double> peaks;
  for (std::size_t f = 0; f < was.size(); ++f) {
    const std::size_t begin = f - std::min(f, reach), end = std::min(was.size(), f + reach - 2);
    peaks.push_back(*std::max_element(was.begin() + static_cast<std::ptrdiff_t>(begin),
                                      was.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  std::sort(peaks.begin(), peaks.end());
  const double usual_peak = peaks[(peaks.size() - 1) * 95 / 100];
  const double usual = mean(was);
  const auto n = static_cast<double>(count);
  out.mean_ratio = usual > 0 ? sum / n / usual : 0;
  out.peak_ratio = usual_peak > 0 ? peak / usual_peak : 0;
  out.added_ratio = sum_before > 0 ? sum / sum_before : 0;
  return out;
}

}  // namespace terpsi::test
