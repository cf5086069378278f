#pragma once
// Motion on the skeleton: what is generated, shown, edited, exported and measured.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "motion/skeleton.h"

namespace terpsi::motion {

// Index into Frame::contacts.
enum Contact : int { kContactLAnkle, kContactLFoot, kContactRAnkle, kContactRFoot, kContacts };

struct Frame {
  Vec3 root = offset(kPelvis);              // pelvis position, metres, world
  std::array<Quat, kJoints> rotations;      // local to the parent, unit; [0] is the pelvis in the world
  std::array<float, kContacts> contacts{};  // probability, 0 to 1, that the joint is planted

  Frame() { rotations.fill(Quat::Identity()); }
};

struct Clip {
  float fps = 30.f;
  std::vector<Frame> frames;

  std::size_t size() const { return frames.size(); }
  double seconds() const { return fps > 0 ? static_cast<double>(frames.size()) / fps : 0.0; }
};

// World joint positions of one frame, metres.
using JointPositions = std::array<Vec3, kJoints>;

}  // namespace terpsi::motion
