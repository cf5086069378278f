#pragma once
// Kinetic and geometric features of a motion, whose distributions FID_k, FID_g and the diversities compare
// (set_metrics.h). Both see the motion from the place of its first pelvis.

#include <array>
#include <span>
#include <string>

#include "motion/clip.h"

namespace terpsi::measure {

inline constexpr int kKineticFeatures = 3 * motion::kJoints;
inline constexpr int kGeometricFeatures = 32;

using KineticFeatures = std::array<double, kKineticFeatures>;
using GeometricFeatures = std::array<double, kGeometricFeatures>;

// Per joint [Onuma 2008], as in fairmotion and AIST++: mean square of the velocity in the plane and of the
// vertical velocity, (m/s)^2, and mean size of the acceleration, m/s^2. Velocity and acceleration of a frame
// are means over the frames at most 2 away. All zero for fewer than 3 frames.
KineticFeatures kinetic_features(std::span<const motion::JointPositions> joints, double fps);

// With the bug of the published code: where an acceleration subtracts (p[i] - p[i-1]) / dt, it subtracts p[i]
// - p[i-1] / dt. The third value of a joint is then mostly its distance from the first pelvis, divided by
// dt^2.
KineticFeatures kinetic_features_ref(std::span<const motion::JointPositions> joints, double fps);

// 32 relations between joints in two neighbouring frames [Mueller 2005], in the choice of fairmotion and
// AIST++, each as the share of the steps in which it holds. Right comes before left. Lengths are in units of
// our own body: humerus, shoulder width, hip width; h/s is humeri a second.
//    0  1  hand moves forwards, along the normal of neck and hips: 1.8 h/s
//    2  3  hand above the neck: 0.2 humeri
//    4  5  hand moves upwards along the spine: 1.8 h/s
//    6  7  elbow bent: less than 110 degrees
//    8     hands apart sideways: 2.5 shoulder widths
//    9     hands approach each other: 1.4 h/s
//   10 11  hand leaves the pelvis: 1.4 h/s
//   12 13  hand fast: 2.5 h/s
//   14 15  foot behind the other leg: 0.38 humeri
//   16 17  ankle raised: 1.2 humeri
//   18     feet apart sideways: 2.1 hip widths
//   19 20  knee bent: less than 110 degrees
//   21 22  ankle fast: 2.5 h/s
//   23 24  upper arm off the trunk line: 25 degrees
//   25 26  thigh off the trunk line: 50 degrees
//   27     pelvis in front of or behind the plane of neck and ankles: 0.5 humeri
//   28     trunk line within 20 degrees of level
//   29 30  hand low: less than 1.2 humeri above the lowest joint
//   31     pelvis fast: 2.3 h/s
// All zero for fewer than 2 frames.
GeometricFeatures geometric_features(std::span<const motion::JointPositions> joints, double fps);

// As in the published code: speeds are computed at 120 frames a second whatever the rate, and the fourth
// joint of the directed speeds 4, 5, 9, 10, 11 is not used: 4 and 5 are then the chest moving along the
// spine, 9 is hands parting, and 10 and 11 are the other hand moving from this one in the direction of the
// pelvis.
GeometricFeatures geometric_features_ref(std::span<const motion::JointPositions> joints);

// Names for reports: "l_wrist plane", "pelvis acceleration"; "r_hand forwards", "l_knee bent".
std::string kinetic_name(std::size_t feature);    // below kKineticFeatures
std::string geometric_name(std::size_t feature);  // below kGeometricFeatures

}  // namespace terpsi::measure
