#pragma once
// The one skeleton of the program: 24 joints in SMPL order, Y up, right-handed, metres, floor at y = 0,
// facing +Z in the T-pose, 1.70 m tall. +X is the dancer's left. The proportions are our own.

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <array>
#include <string_view>

namespace terpsi::motion {

using Vec3 = Eigen::Vector3f;
using Quat = Eigen::Quaternionf;

inline constexpr int kJoints = 24;

enum Joint : int {
  kPelvis,
  kLHip,
  kRHip,
  kSpine1,
  kLKnee,
  kRKnee,
  kSpine2,
  kLAnkle,
  kRAnkle,
  kSpine3,
  kLFoot,
  kRFoot,
  kNeck,
  kLCollar,
  kRCollar,
  kHead,
  kLShoulder,
  kRShoulder,
  kLElbow,
  kRElbow,
  kLWrist,
  kRWrist,
  kLHand,
  kRHand
};

inline constexpr int kSkeletonVersion = 1;

inline constexpr std::array<int, kJoints> kParents = {-1, 0, 0, 0,  1,  2,  3,  4,  5,  6,  7,  8,
                                                      9,  9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21};

inline constexpr std::array<std::string_view, kJoints> kJointNames = {
    "pelvis",     "l_hip",      "r_hip",   "spine1",  "l_knee",  "r_knee",   "spine2",   "l_ankle",
    "r_ankle",    "spine3",     "l_foot",  "r_foot",  "neck",    "l_collar", "r_collar", "head",
    "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist",  "l_hand",   "r_hand"};

// Index of each joint's mirror image (itself on the midline).
inline constexpr std::array<int, kJoints> kMirror = {0,  2,  1,  3,  5,  4,  6,  8,  7,  9,  11, 10,
                                                     12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22};

// Rest-pose offset of each joint from its parent (pelvis: its rest position above the floor), metres.
inline constexpr float kOffsets[kJoints][3] = {
    {0.f, 0.930f, 0.f},          // pelvis
    {0.085f, -0.075f, 0.f},      // l_hip
    {-0.085f, -0.075f, 0.f},     // r_hip
    {0.f, 0.105f, -0.010f},      // spine1
    {0.f, -0.400f, 0.f},         // l_knee
    {0.f, -0.400f, 0.f},         // r_knee
    {0.f, 0.125f, 0.005f},       // spine2
    {0.f, -0.385f, -0.010f},     // l_ankle
    {0.f, -0.385f, -0.010f},     // r_ankle
    {0.f, 0.065f, 0.005f},       // spine3
    {0.012f, -0.050f, 0.125f},   // l_foot (ball)
    {-0.012f, -0.050f, 0.125f},  // r_foot (ball)
    {0.f, 0.205f, -0.020f},      // neck
    {0.065f, 0.120f, -0.010f},   // l_collar
    {-0.065f, 0.120f, -0.010f},  // r_collar
    {0.f, 0.090f, 0.025f},       // head
    {0.110f, 0.025f, -0.005f},   // l_shoulder
    {-0.110f, 0.025f, -0.005f},  // r_shoulder
    {0.260f, 0.f, 0.f},          // l_elbow
    {-0.260f, 0.f, 0.f},         // r_elbow
    {0.245f, 0.f, 0.f},          // l_wrist
    {-0.245f, 0.f, 0.f},         // r_wrist
    {0.085f, 0.f, 0.f},          // l_hand (knuckles)
    {-0.085f, 0.f, 0.f},         // r_hand
};

struct Leg {
  Joint hip, knee, ankle, ball;
};
struct Arm {
  Joint collar, shoulder, elbow, wrist, hand;
};
// Left, then right.
inline constexpr std::array<Leg, 2> kLegs = {
    {{kLHip, kLKnee, kLAnkle, kLFoot}, {kRHip, kRKnee, kRAnkle, kRFoot}}};
inline constexpr std::array<Arm, 2> kArms = {
    {{kLCollar, kLShoulder, kLElbow, kLWrist, kLHand}, {kRCollar, kRShoulder, kRElbow, kRWrist, kRHand}}};

inline constexpr float kAnkleRestHeight = 0.070f;  // ankle joint above the floor in the rest pose
inline constexpr float kFootRestHeight = 0.020f;   // ball of the foot above the floor in the rest pose

// kOffsets[joint] as a vector.
inline Vec3 offset(int joint) {
  return {kOffsets[joint][0], kOffsets[joint][1], kOffsets[joint][2]};
}

}  // namespace terpsi::motion
