#pragma once
// What a dance must meet: keyframe poses, kept pieces of other dances, a path over the floor.
//
// Constraints act twice. The sampler may be given them beforehand (sampler_hints.h), so that the dance
// leads up to them; apply_constraints (constraint_blend.h) makes them exact after finish(), with any
// generator:
//
//   if (auto s = validate(constraints, frames); !s) ...
//   ... sample with known_motion(constraints, condition, options.finish) where the model is masked ...
//   Clip clip = finish(...);
//   if (auto s = apply_constraints(clip, constraints, options.finish.foot_lock); !s) ...

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "motion/clip.h"

namespace terpsi::generate {

// Set of joints: bit j is joint j. Bit 0, the pelvis, is the body's orientation in the world.
using JointSet = std::uint32_t;
inline constexpr JointSet joint_bit(int joint) {
  return JointSet{1} << joint;
}
inline constexpr JointSet joint_bits(std::initializer_list<int> joints) {
  JointSet set = 0;
  for (int j : joints) set |= joint_bit(j);
  return set;
}
inline constexpr JointSet kPelvisJoint = joint_bit(motion::kPelvis);
inline constexpr JointSet kLegJoints =
    joint_bits({motion::kLHip, motion::kRHip, motion::kLKnee, motion::kRKnee, motion::kLAnkle,
                motion::kRAnkle, motion::kLFoot, motion::kRFoot});
inline constexpr JointSet kAllJoints = (JointSet{1} << motion::kJoints) - 1;

struct BodyPart {
  std::string_view name;
  JointSet joints;
};

// The names people use. root, legs, torso, head, left_arm and right_arm share no joint and make up the whole.
std::span<const BodyPart> body_parts();

// Null when there is no such part.
const BodyPart* find_body_part(std::string_view name);

// A pose to be struck at a moment.
struct Keyframe {
  double time = 0;  // seconds; the frame nearest to it
  JointSet joints = 0;
  std::array<motion::Quat, motion::kJoints> rotations;  // local, unit; read where `joints` says so
  std::array<std::optional<float>, 3> root;  // pelvis position x, y (height), z, metres; empty: free
  bool keep_facing = true;  // false: the pelvis tilts as given but faces where the dance faces

  Keyframe() { rotations.fill(motion::Quat::Identity()); }
};

// Part of a given dance that stays as it is while the rest is generated anew.
struct KeptRange {
  double from = 0, to = 0;  // seconds, the frames from <= t < to
  JointSet joints = 0;      // with the pelvis: its position too
  std::size_t dance = 0;    // index into Constraints::dances, whose frame i is frame i of the song
};

// The pelvis is over this point of the floor at this time. Between points it follows the monotone cubic
// through them, which does not overshoot, and keeps the dance's own sway about it.
struct PathPoint {
  double time = 0;           // seconds; the frame nearest to it; ascending
  float x = 0, z = 0;        // metres
  std::optional<float> yaw;  // radians about the vertical, 0 = facing +z, towards +x positive; empty: free
};

struct Constraints {
  std::vector<motion::Clip> dances;  // that ranges are kept from
  std::vector<Keyframe> keyframes;
  std::vector<KeptRange> kept;
  std::vector<PathPoint> path;

  bool empty() const { return keyframes.empty() && kept.empty() && path.empty(); }
};

struct FrameRange {
  std::size_t begin, end;  // frames [begin, end)
};

// The frame nearest to a time; frame 0 before the start.
std::size_t to_frame(double seconds);
FrameRange frames_of(const KeptRange& range, std::size_t frames);

// For messages: "1.50 s"; a number by printf's format; an invalid_argument that names the constraint.
std::string at_time(std::size_t frame);
std::string number(double value, const char* format);
Error invalid(const std::string& who, const std::string& what);

}  // namespace terpsi::generate
