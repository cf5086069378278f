#pragma once
// What a dance must obey: keyframe poses, kept pieces of other dances, a path over the floor.
//
// Constraints act twice. The sampler may be told of them beforehand (known_motion), so that the dance leads
// up to them; what makes them exact is apply_constraints (constraint_blend.h), after finish(), which works
// with any generator:
//
//   if (auto s = validate(constraints, frames); !s) ...
//   ... sample with known_motion(constraints, condition, options.finish) where the model is masked ...
//   Clip clip = finish(...);
//   if (auto s = apply_constraints(clip, constraints, {options.finish.foot_lock}); !s) ...

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "generate/finish/finish.h"
#include "generate/plan/condition.h"
#include "generate/sample/known_motion.h"
#include "motion/clip.h"

namespace terpsi::generate {

// Set of joints: bit j is joint j. Bit 0, the pelvis, is the body's orientation in the world.
using JointSet = std::uint32_t;
inline constexpr JointSet joint_bit(int joint) {
  return JointSet{1} << joint;
}

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
  std::array<std::optional<float>, 3>
      root;                 // pelvis position x, y (height), z, metres; what is not given is free
  bool keep_facing = true;  // false: the pelvis tilts as given but faces where the dance faces

  Keyframe() { rotations.fill(motion::Quat::Identity()); }
};

// Part of a given dance that stays as it is while the rest is made anew.
struct KeptRange {
  double from = 0, to = 0;  // seconds, the frames from <= t < to
  JointSet joints = 0;      // with the pelvis: its position too
  std::size_t dance = 0;    // index into Constraints::dances, whose frame i is frame i of the song
};

// The pelvis is over this point of the floor at this time. Between points it follows the curve through them
// (monotone cubics, so nobody who is told to stand sways off) and keeps the dance's own sway about it.
struct PathPoint {
  double time = 0;     // seconds; the frame nearest to it; ascending
  float x = 0, z = 0;  // metres
  std::optional<float>
      yaw;  // radians the body is turned about the vertical, 0 = facing +z, towards +x positive
};

struct Constraints {
  std::vector<motion::Clip> dances;  // that ranges are kept from
  std::vector<Keyframe> keyframes;
  std::vector<KeptRange> kept;
  std::vector<PathPoint> path;

  bool empty() const { return keyframes.empty() && kept.empty() && path.empty(); }
};

// What is demanded of each frame.
struct Demands {
  enum : std::uint8_t { kX = 1, kY = 2, kZ = 4, kHeading = 8, kTilt = 16 };
  std::vector<JointSet> joints;       // joints whose rotation is demanded
  std::vector<std::uint8_t> places;   // kX, kY, kZ: of the root; kHeading, kTilt: of the pelvis where its bit
                                      // in `joints` is not set
  std::vector<motion::Frame> frames;  // values; the pelvis has the demanded heading with kHeading alone, the
                                      // demanded tilt with kTilt alone
};

// A clip of `frames` frames at limits::kFps can be made to obey. Errors (the message names the constraint,
// such as "keyframes[2]"): too_large (limits.h), invalid_argument (times outside the song or out of order,
// numbers that are not finite or out of range, quaternions that are not unit, nothing demanded, demands that
// contradict each other by more than kSameDegrees or kSameMetres, or that no body can get to in the time
// between them).
Status validate(const Constraints& constraints, std::size_t frames);

inline constexpr float kSameDegrees = 0.1f, kSameMetres = 0.001f;
inline constexpr float kFastestTurn = 25.f;   // rad/s of a joint between neighbouring demands
inline constexpr float kFastestTravel = 8.f;  // m/s of the root between neighbouring demands

// Demands on a clip of this many frames. Preconditions: validate.
Demands demands(const Constraints& constraints, std::size_t frames);

// How far a clip is from what is demanded, at the worst frame. Root position in metres, local rotations in
// degrees.
struct Disobedience {
  double metres = 0, degrees = 0;
};
Disobedience disobedience(const motion::Clip& clip, const Demands& demands);

// What the constraints say, for the sampler: the rotations of keyframes, everything of kept ranges, the
// root's velocity along the path. Approximate in time: the beat warp that follows bends the clock. Its steady
// part (BeatWarp::ease and strike) is undone here, its search for speed minima (up to kSnapReach) cannot be
// foreseen. Empty when there are no constraints. Preconditions: validate(constraints, condition.frames).
KnownMotion known_motion(const Constraints& constraints, const Condition& condition,
                         const FinishOptions& options = {});

}  // namespace terpsi::generate
