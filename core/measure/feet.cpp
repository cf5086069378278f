#include "measure/feet.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/statistics.h"
#include "motion/skeleton.h"

namespace terpsi::measure {

namespace {
constexpr double kToeLow = 0.05, kAnkleLow = 0.14;  // metres above the floor
constexpr double kFast = 0.3, kStill = 0.15;        // m/s
constexpr double kFloorShare = 0.05;
}  // namespace

Feet feet(std::span<const motion::JointPositions> joints, double fps) {
  Feet out;
  if (joints.size() < 2 || !(fps > 0)) return out;
  std::vector<double> lower;
  for (const motion::JointPositions& p : joints)
    lower.push_back(static_cast<double>(std::min(p[motion::kLFoot].y(), p[motion::kRFoot].y())));
  const double floor = quantile_linear(std::move(lower), kFloorShare);

  const std::size_t steps = joints.size() - 1;
  std::size_t glides = 0, any_glides = 0, stands = 0;
  double speeds = 0;
  std::vector<double> swings;
  for (std::size_t i = 0; i < steps; ++i) {
    bool any_glide = false, stand = false;
    for (const motion::Leg& leg : motion::kLegs) {
      const auto now = joints[i][leg.ball].cast<double>(), next = joints[i + 1][leg.ball].cast<double>();
      const double speed = std::hypot(next.x() - now.x(), next.z() - now.z()) * fps;
      const double height = now.y() - floor;
      const bool fast = speed > kFast, low = height < kToeLow;
      if (fast) swings.push_back(height);
      if (!low) continue;
      any_glide |= fast;
      stand |= speed < kStill;
      if (static_cast<double>(joints[i][leg.ankle].y()) - floor >= kAnkleLow) continue;
      ++out.low_toes;
      glides += fast;
      speeds += speed;
    }
    any_glides += any_glide;
    stands += stand;
  }
  out.fast_toes = swings.size();
  out.swing_height = median(std::move(swings));
  out.glide_any = static_cast<double>(any_glides) / static_cast<double>(steps);
  out.planted = static_cast<double>(stands) / static_cast<double>(steps);
  if (out.low_toes == 0) return out;
  out.glide = static_cast<double>(glides) / static_cast<double>(out.low_toes);
  out.glide_speed = speeds / static_cast<double>(out.low_toes);
  return out;
}

}  // namespace terpsi::measure
