#include "motion/two_bone.h"

#include <algorithm>
#include <cmath>

#include "motion/kinematics.h"
#include "motion/rotation.h"

namespace terpsi::motion {

LegSolution solve_leg(const LegTarget& target) {
  const float thigh = bone_length(kLKnee), shin = bone_length(kLAnkle);
  const float shortest = std::abs(thigh - shin) + 0.15f;  // a knee folds to about 22 degrees
  const Vec3 line = target.ankle - target.hip;
  const Vec3 along = unit_or(line, -Vec3::UnitY());
  const float reach = std::min(target.reach, thigh + shin);
  const float distance = std::clamp(line.norm(), shortest, std::max(shortest, reach));
  const float cosine = (thigh * thigh + distance * distance - shin * shin) / (2 * thigh * distance);
  const float forward = thigh * std::clamp(cosine, -1.f, 1.f);
  const float aside = std::sqrt(std::max(0.f, thigh * thigh - forward * forward));
  const Vec3 across = unit_or(target.pole - along.dot(target.pole) * along, along.unitOrthogonal());
  return {target.hip + forward * along + aside * across, target.hip + distance * along};
}

}  // namespace terpsi::motion
