#include "motion/retarget.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/limits.h"
#include "base/statistics.h"
#include "motion/contacts.h"
#include "motion/floor.h"
#include "motion/kinematics.h"
#include "motion/resample.h"
#include "motion/rotation.h"
#include "motion/source_pose.h"
#include "motion/two_bone.h"

namespace terpsi::motion {

namespace {

Status check(const SourceMotion& source) {
  const std::size_t frames = source.joints.size();
  if (frames < 2) return Error{ErrorCode::empty, "The motion has fewer than 2 frames; give a longer one."};
  if (!(source.fps >= 5 && source.fps <= 1000))
    return Error{ErrorCode::invalid_argument,
                 "The motion's frame rate must lie between 5 and 1000 frames a second."};
  if (static_cast<double>(frames) / source.fps > limits::kMaxAudioSeconds)
    return Error{ErrorCode::too_large, "The motion is longer than 15 minutes; cut it into shorter pieces."};
  if (!source.rotations.empty() && source.rotations.size() != frames)
    return Error{ErrorCode::invalid_argument,
                 "The motion has a different number of frames of rotations and of positions."};
  if (!source.bad.empty() && source.bad.size() != frames)
    return Error{ErrorCode::invalid_argument,
                 "The motion has a different number of marks for bad frames and of frames."};
  for (std::size_t i = 0; i < frames; ++i) {
    for (const Vec3& p : source.joints[i])
      if (!(p.cwiseAbs().maxCoeff() < 1e4f))
        return Error{ErrorCode::invalid_argument,
                     "Frame " + std::to_string(i) + " has a joint that is not a finite place in metres."};
    if (source.rotations.empty()) continue;
    for (std::size_t j = 0; j < kJoints; ++j)
      if (source.rotation_known[j] && !is_unit(source.rotations[i][j]))
        return Error{ErrorCode::invalid_argument,
                     "Frame " + std::to_string(i) + " has a rotation that is not a unit quaternion."};
  }
  return ok_status();
}

// Our leg length / theirs (median over frames); 0 for a body without legs.
float leg_scale(const std::vector<JointPositions>& joints) {
  std::vector<float> lengths;
  for (const JointPositions& p : joints)
    for (const Leg& leg : kLegs)
      lengths.push_back((p[leg.knee] - p[leg.hip]).norm() + (p[leg.ankle] - p[leg.knee]).norm());
  const float typical = quantile(std::move(lengths), 0.5);
  return typical > 1e-3f ? leg_length() / typical : 0.f;
}

// Known rotations of the source, and what the positions say elsewhere.
std::vector<WorldRotations> world_rotations(const SourceMotion& source) {
  std::vector<WorldRotations> world = rotations_from_positions(source.joints);
  if (source.rotations.empty()) return world;
  for (std::size_t i = 0; i < world.size(); ++i) {
    WorldRotations merged;
    for (int joint = 0; joint < kJoints; ++joint) {
      const auto j = static_cast<std::size_t>(joint);
      const bool root = joint == 0;
      const Quat parent = root ? Quat::Identity() : merged[static_cast<std::size_t>(kParents[j])];
      if (source.rotation_known[j])
        merged[j] = parent * source.rotations[i][j].normalized();
      else if (joint >= kLWrist)
        merged[j] = parent;  // a source that measures rotations but not here: hands in line with the forearm
      else
        merged[j] = world[i][j];
    }
    world[i] = merged;
  }
  return world;
}

void place_leg(const JointPositions& theirs, float scale, const Vec3& root, WorldRotations& world,
               const Leg& leg) {
  const Vec3 along = unit_or(theirs[leg.ankle] - theirs[leg.hip], -Vec3::UnitY());
  const Vec3 out = theirs[leg.knee] - theirs[leg.hip];
  const Vec3 bend = scale * (out - along.dot(out) * along);
  // The straighter the leg, the more its twist and the less its bend says where the knee would go.
  LegTarget target;
  target.hip = root + world[kPelvis] * offset(leg.hip);
  target.ankle = scale * theirs[leg.ankle];
  target.pole = bend + 0.03f * (world[leg.hip] * Vec3::UnitZ());
  target.reach = 0.9995f * leg_length();
  const LegSolution solution = solve_leg(target);
  aim(world, leg.hip, leg.knee, solution.knee - target.hip);
  aim(world, leg.knee, leg.ankle, solution.ankle - solution.knee);
}

// Some captures never saw the toes (AIST++ has none among its keypoints) and stand with feet that point down.
// A standing ankle is at its lowest only when the sole is flat, so the foot's median slope in those frames is
// what "flat" looks like in this source. Returns the pitch (radians, toes up) that makes it flat on our
// skeleton.
float flattening_pitch(const std::vector<JointPositions>& joints, const Leg& leg) {
  std::vector<float> heights, slopes;
  for (const JointPositions& p : joints) heights.push_back(p[leg.ankle].y());
  const float limit = quantile(std::move(heights), 0.05) + 0.015f;
  for (const JointPositions& p : joints) {
    if (p[leg.ankle].y() > limit) continue;
    const Vec3 d = p[leg.ankle] - p[leg.ball];
    slopes.push_back(std::atan2(d.y(), std::hypot(d.x(), d.z())));
  }
  const Vec3 rest = offset(kLFoot);
  const float flat = std::atan2(-rest.y(), std::hypot(rest.x(), rest.z()));
  return std::clamp(quantile(std::move(slopes), 0.5) - flat, -0.2f, 0.5f);
}

void flatten_feet(Clip& clip) {
  const std::vector<JointPositions> joints = joint_positions(clip);
  for (const Leg& leg : kLegs) {
    const Quat lift(Eigen::AngleAxisf(-flattening_pitch(joints, leg), Vec3::UnitX()));
    for (Frame& frame : clip.frames)
      frame.rotations[leg.ankle] = (frame.rotations[leg.ankle] * lift).normalized();
  }
}

}  // namespace

Result<Retargeted> retarget(const SourceMotion& given) {
  if (const Status status = check(given); !status) return status.error();
  const SourceMotion source = resample(given, limits::kFps);
  Retargeted out;
  out.scale = leg_scale(source.joints);
  if (!(out.scale > 1e-3f))
    return Error{ErrorCode::invalid_argument,
                 "The motion's legs have no length; check the order of its joints."};
  out.bad = source.bad;
  out.clip.fps = static_cast<float>(limits::kFps);

  std::vector<WorldRotations> world = world_rotations(source);
  const Vec3 hips = 0.5f * (offset(kLHip) + offset(kRHip));
  for (std::size_t i = 0; i < world.size(); ++i) {
    const JointPositions& theirs = source.joints[i];
    Frame frame;
    frame.root = 0.5f * out.scale * (theirs[kLHip] + theirs[kRHip]) - world[i][kPelvis] * hips;
    for (const Leg& leg : kLegs) place_leg(theirs, out.scale, frame.root, world[i], leg);
    for (const Arm& arm : kArms) {
      aim(world[i], arm.shoulder, arm.elbow, theirs[arm.elbow] - theirs[arm.shoulder]);
      aim(world[i], arm.elbow, arm.wrist, theirs[arm.wrist] - theirs[arm.elbow]);
    }
    set_world_rotations(frame, world[i]);
    if (i > 0) match_signs(frame, out.clip.frames.back());
    out.clip.frames.push_back(frame);
  }
  flatten_feet(out.clip);
  level_floor(out.clip, out.bad);
  label_contacts(out.clip);
  return out;
}

}  // namespace terpsi::motion
