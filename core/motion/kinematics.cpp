#include "motion/kinematics.h"

#include "motion/rotation.h"

namespace terpsi::motion {

namespace {
std::size_t at(int joint) {
  return static_cast<std::size_t>(joint);
}
}  // namespace

Pose world_pose(const Frame& frame) {
  Pose pose;
  pose.positions[0] = frame.root;
  pose.rotations[0] = frame.rotations[0];
  for (int j = 1; j < kJoints; ++j) {
    const std::size_t parent = at(kParents[at(j)]);
    pose.positions[at(j)] = pose.positions[parent] + pose.rotations[parent] * offset(j);
    pose.rotations[at(j)] = pose.rotations[parent] * frame.rotations[at(j)];
  }
  return pose;
}

JointPositions joint_positions(const Frame& frame) {
  return world_pose(frame).positions;
}

std::vector<Pose> world_poses(const Clip& clip) {
  std::vector<Pose> out;
  out.reserve(clip.size());
  for (const Frame& frame : clip.frames) out.push_back(world_pose(frame));
  return out;
}

std::vector<JointPositions> joint_positions(const Clip& clip) {
  std::vector<JointPositions> out;
  out.reserve(clip.size());
  for (const Frame& frame : clip.frames) out.push_back(joint_positions(frame));
  return out;
}

const JointPositions& rest_positions() {
  static const JointPositions rest = joint_positions(Frame{});
  return rest;
}

void set_world_rotations(Frame& frame, const WorldRotations& world) {
  frame.rotations[0] = world[0].normalized();
  for (int j = 1; j < kJoints; ++j) {
    const Quat local = world[at(kParents[at(j)])].conjugate() * world[at(j)];
    frame.rotations[at(j)] = local.normalized();
  }
}

void match_signs(Frame& frame, const Frame& reference) {
  for (std::size_t j = 0; j < kJoints; ++j)
    frame.rotations[j] = same_hemisphere(frame.rotations[j], reference.rotations[j]);
}

void aim(WorldRotations& world, Joint upper, Joint lower, const Vec3& direction) {
  world[upper] = swing(world[upper] * offset(lower), direction) * world[upper];
}

float bone_length(int joint) {
  return offset(joint).norm();
}

float leg_length() {
  return bone_length(kLKnee) + bone_length(kLAnkle);
}

}  // namespace terpsi::motion
