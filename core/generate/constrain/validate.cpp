#include "generate/constrain/validate.h"

#include <cmath>
#include <string>

#include "generate/constrain/demands.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Quat;

bool within_floor(float metres) {
  return std::abs(metres) <= limits::kMaxFloorMetres;  // false for NaN
}

Status check_time(const std::string& who, const char* what, double time, double end) {
  if (time >= 0 && time <= end) return ok_status();  // false for NaN
  return invalid(who, std::string(what) + number(time, " %g") +
                          " is outside the song, which lasts from 0 to " + number(end, "%.2f") + " s");
}

Status check_count(std::size_t count, std::size_t most, const char* what) {
  if (count <= most) return ok_status();
  return Error{ErrorCode::too_large, std::to_string(count) + " " + what + " are more than the " +
                                         std::to_string(most) + " that are possible; use fewer"};
}

Status check(const Keyframe& key, const std::string& who, double end) {
  if (auto s = check_time(who, "time", key.time, end); !s) return s;
  if ((key.joints & ~kAllJoints) != 0) return invalid(who, "it names joints that do not exist");
  const bool placed = key.root[0] || key.root[1] || key.root[2];
  if (key.joints == 0 && !placed) return invalid(who, "it demands nothing; give a pose or a root position");
  for (int j = 0; j < motion::kJoints; ++j) {
    if ((key.joints & joint_bit(j)) == 0 || motion::is_unit(key.rotations[static_cast<std::size_t>(j)]))
      continue;
    return invalid(
        who, "the rotation of " + std::string(motion::kJointNames[static_cast<std::size_t>(j)]) +
                 " is not a unit quaternion; its four numbers w, x, y, z must have a sum of squares of 1");
  }
  for (const auto& value : key.root) {
    if (value && !within_floor(*value)) {
      return invalid(who, "the root position is not finite or farther than " +
                              number(static_cast<double>(limits::kMaxFloorMetres), "%g m") + " away");
    }
  }
  return ok_status();
}

Status check(const KeptRange& range, const std::string& who, const Constraints& constraints,
             std::size_t frames, double end) {
  if (auto s = check_time(who, "from", range.from, end); !s) return s;
  if (auto s = check_time(who, "to", range.to, end); !s) return s;
  const FrameRange span = frames_of(range, frames);
  if (span.begin >= span.end)
    return invalid(who, "\"to\" must lie at least one frame (1/30 s) after \"from\"");
  if (range.joints == 0 || (range.joints & ~kAllJoints) != 0)
    return invalid(who, "it keeps no joint of the body");
  if (range.dance >= constraints.dances.size()) return invalid(who, "the dance it is kept from is missing");
  const motion::Clip& dance = constraints.dances[range.dance];
  if (dance.size() < span.end) {
    return invalid(who, "the dance it is kept from ends at " +
                            number(static_cast<double>(dance.size()) / limits::kFps, "%.2f s") +
                            ", before \"to\"; keep less or use a longer dance");
  }
  for (std::size_t f = span.begin; f < span.end; ++f) {
    const motion::Frame& frame = dance.frames[f];
    bool good = within_floor(frame.root.x()) && within_floor(frame.root.y()) && within_floor(frame.root.z());
    for (const Quat& q : frame.rotations) good = good && motion::is_unit(q);
    if (!good)
      return invalid(who, "the dance it is kept from is broken at " + at_time(f) + " (numbers out of range)");
  }
  return ok_status();
}

Status check_path(const std::vector<PathPoint>& path, double end) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string who = "path[" + std::to_string(i) + "]";
    if (auto s = check_time(who, "time", path[i].time, end); !s) return s;
    if (i > 0 && to_frame(path[i].time) <= to_frame(path[i - 1].time)) {
      return invalid(who, "path points must follow each other in time, at least one frame (1/30 s) apart");
    }
    if (!within_floor(path[i].x) || !within_floor(path[i].z)) {
      return invalid(who, "x or z is not finite or farther than " +
                              number(static_cast<double>(limits::kMaxFloorMetres), "%g m") +
                              " from the middle");
    }
    if (path[i].yaw && !(std::abs(*path[i].yaw) <= 1000.f))
      return invalid(who, "yaw is not finite or too large");
  }
  return ok_status();
}

}  // namespace

Status validate(const Constraints& constraints, std::size_t frames) {
  if (constraints.empty()) return ok_status();
  if (frames == 0) return Error{ErrorCode::empty, "there is no dance for the constraints to act on"};
  if (frames > static_cast<std::size_t>(limits::kMaxFrames)) {
    return Error{ErrorCode::too_large, "the dance is longer than 15 minutes"};
  }
  if (auto s = check_count(constraints.keyframes.size(), limits::kMaxKeyframes, "keyframes"); !s) return s;
  if (auto s = check_count(constraints.kept.size(), limits::kMaxKeptRanges, "kept ranges"); !s) return s;
  if (auto s = check_count(constraints.dances.size(), limits::kMaxKeptDances, "dances to keep from"); !s)
    return s;
  if (auto s = check_count(constraints.path.size(), limits::kMaxPathPoints, "path points"); !s) return s;
  const double end = static_cast<double>(frames) / limits::kFps;
  for (std::size_t i = 0; i < constraints.dances.size(); ++i) {
    if (constraints.dances[i].fps != static_cast<float>(limits::kFps)) {
      return invalid("dances[" + std::to_string(i) + "]",
                     "dances to keep from must have 30 frames per second");
    }
  }
  for (std::size_t i = 0; i < constraints.keyframes.size(); ++i) {
    if (auto s = check(constraints.keyframes[i], "keyframes[" + std::to_string(i) + "]", end); !s) return s;
  }
  for (std::size_t i = 0; i < constraints.kept.size(); ++i) {
    if (auto s = check(constraints.kept[i], "keep[" + std::to_string(i) + "]", constraints, frames, end); !s)
      return s;
  }
  if (auto s = check_path(constraints.path, end); !s) return s;
  return check_demands(constraints, frames);
}

}  // namespace terpsi::generate
