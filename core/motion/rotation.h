#pragma once
// Rotations: conversions, swings, angles. Quaternions are unit and rotate column vectors; angles are radians.

#include <span>

#include "motion/skeleton.h"

namespace terpsi::motion {

// Writes the 6D form [Zhou 2019]: the first two columns of the rotation matrix, a1 then a2.
void to_6d(const Quat& q, std::span<float, 6> out);

// Inverse of to_6d by Gram-Schmidt on the two columns. Degenerate or infinite input becomes the identity.
Quat from_6d(std::span<const float, 6> in);

// v / |v|, or `fallback` where v is too short (or not finite) to have a direction.
Vec3 unit_or(const Vec3& v, const Vec3& fallback);

// Shortest rotation that takes direction `from` to direction `to`; identity if either has no direction.
// Opposite directions turn about an axis perpendicular to `from`.
Quat swing(const Vec3& from, const Vec3& to);

// Rotation whose local x axis is `x` and whose local y axis is as near `y` as possible.
Quat frame_from_xy(const Vec3& x, const Vec3& y);

// The rotation angle of q, 0 to pi.
float angle_of(const Quat& q);

// q raised to `power` along the shortest way: 0 gives the identity, 1 gives q.
Quat scaled(const Quat& q, float power);

// q with its angle limited to `limit`.
Quat clamped(const Quat& q, float limit);

// Signed angle from a to b about `axis` (unit), right-handed, within +-pi. 0 where a or b is parallel to the
// axis.
float angle_about(const Vec3& axis, const Vec3& a, const Vec3& b);

// Rotation vector of q, the shorter way round: axis times angle, radians, length at most pi.
Vec3 rotation_vector(const Quat& q);
Eigen::Vector3d rotation_vector(const Eigen::Quaterniond& q);

// The rotation by |v| radians about v; the identity where |v| is below 1e-6 (float) or 1e-12 (double).
Quat from_rotation_vector(const Vec3& v);
Eigen::Quaterniond from_rotation_vector(const Eigen::Vector3d& v);

// q or -q, which are the same rotation: whichever has a dot product with `reference` that is not negative.
Quat same_hemisphere(const Quat& q, const Quat& reference);

// All coefficients finite and the norm within 1e-3 of 1.
bool is_unit(const Quat& q);

}  // namespace terpsi::motion
