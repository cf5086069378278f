#include "generate/constrain/demands.h"

#include <cmath>
#include <numbers>
#include <optional>
#include <string>

#include "motion/heading.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Quat;

double degrees_between(const Quat& a, const Quat& b) {
  return static_cast<double>(motion::angle_of(a.conjugate() * b)) * 180 / std::numbers::pi;
}

// Who demanded what last, for messages: keyframes, then kept ranges, then path points.
struct Owners {
  static constexpr int kNobody = -1;
  std::size_t keyframes, kept;

  std::string name(int owner) const {
    auto i = static_cast<std::size_t>(owner);
    if (i < keyframes) return "keyframes[" + std::to_string(i) + "]";
    i -= keyframes;
    if (i < kept) return "keep[" + std::to_string(i) + "]";
    return "path[" + std::to_string(i - kept) + "]";
  }
};

// Collects demands and notices contradictions.
class Gatherer {
 public:
  Gatherer(std::size_t frames, Owners owners) : owners_(owners) {
    demands_.joints.assign(frames, 0);
    demands_.places.assign(frames, 0);
    demands_.frames.resize(frames);
    owner_.assign(frames * kSlots, Owners::kNobody);
  }

  void rotation(std::size_t frame, int joint, const Quat& q, int owner) {
    auto& set = demands_.joints[frame];
    auto& place = demands_.places[frame];
    Quat& value = demands_.frames[frame].rotations[static_cast<std::size_t>(joint)];
    if ((set & joint_bit(joint)) != 0) {
      differ(frame, joint, degrees_between(value, q), owner);
      return;
    }
    if (joint == motion::kPelvis) {
      if ((place & Demands::kHeading) != 0) differ(frame, joint, heading_difference(value, q), owner);
      if ((place & Demands::kTilt) != 0)
        differ(frame, joint, degrees_between(motion::tilt_of(value), motion::tilt_of(q)), owner);
      place = static_cast<std::uint8_t>(place & ~(Demands::kHeading | Demands::kTilt));
    }
    set |= joint_bit(joint);
    value = q;
    own(frame, static_cast<std::size_t>(joint), owner);
  }

  void heading(std::size_t frame, float yaw, int owner) {
    pelvis(frame, motion::turned(yaw), Demands::kHeading, owner);
  }

  void tilt(std::size_t frame, const Quat& q, int owner) {
    pelvis(frame, motion::tilt_of(q), Demands::kTilt, owner);
  }

  void place(std::size_t frame, int axis, float value, int owner) {
    const auto bit = static_cast<std::uint8_t>(1 << axis);
    float& now = demands_.frames[frame].root[axis];
    if ((demands_.places[frame] & bit) != 0) {
      if (!(std::abs(now - value) <= kSameMetres) && !error_) {
        error_ =
            invalid(owners_.name(owner), "at " + at_time(frame) + " it puts the root " +
                                             number(std::abs(now - value), "%.3f m") + " away from where " +
                                             owners_.name(owner_[slot(frame, kPlace)]) +
                                             " has it; change or remove one of them");
      }
      return;
    }
    demands_.places[frame] = static_cast<std::uint8_t>(demands_.places[frame] | bit);
    now = value;
    own(frame, kPlace, owner);
  }

  // Neighbouring demands of different owners must be within reach of each other.
  void check_reach() {
    const std::size_t frames = demands_.joints.size();
    for (std::size_t s = 0; s < kSlots && !error_; ++s) {
      std::size_t last = frames;
      for (std::size_t f = 0; f < frames && !error_; ++f) {
        if (owner_[slot(f, s)] == Owners::kNobody) continue;
        if (last < frames && owner_[slot(f, s)] != owner_[slot(last, s)]) check_reach(last, f, s);
        last = f;
      }
    }
  }

  std::optional<Error>& error() { return error_; }
  Demands& demands() { return demands_; }

 private:
  static constexpr std::size_t kPlace = motion::kJoints, kSlots = kPlace + 1;

  static std::size_t slot(std::size_t frame, std::size_t what) { return frame * kSlots + what; }
  void own(std::size_t frame, std::size_t what, int owner) { owner_[slot(frame, what)] = owner; }

  // Heading or tilt alone; both together are a demand on the whole rotation.
  void pelvis(std::size_t frame, const Quat& q, std::uint8_t kind, int owner) {
    const auto other = static_cast<std::uint8_t>(kind == Demands::kTilt ? Demands::kHeading : Demands::kTilt);
    auto& place = demands_.places[frame];
    Quat& value = demands_.frames[frame].rotations[motion::kPelvis];
    const bool whole = (demands_.joints[frame] & joint_bit(motion::kPelvis)) != 0;
    if (whole || (place & kind) != 0) {
      differ(
          frame, motion::kPelvis,
          kind == Demands::kTilt ? degrees_between(motion::tilt_of(value), q) : heading_difference(value, q),
          owner);
    } else if ((place & other) != 0) {
      value = kind == Demands::kTilt ? value * q : q * value;
      place = static_cast<std::uint8_t>(place & ~other);
      demands_.joints[frame] |= joint_bit(motion::kPelvis);
    } else {
      value = q;
      place = static_cast<std::uint8_t>(place | kind);
      own(frame, motion::kPelvis, owner);
    }
  }

  static double heading_difference(const Quat& a, const Quat& b) {
    return std::abs(std::remainder(motion::heading_of(a) - motion::heading_of(b), 2 * std::numbers::pi)) *
           180 / std::numbers::pi;
  }

  void differ(std::size_t frame, int joint, double degrees, int owner) {
    if (degrees <= static_cast<double>(kSameDegrees) || error_) return;
    const auto j = static_cast<std::size_t>(joint);
    error_ = invalid(owners_.name(owner),
                     "at " + at_time(frame) + " it turns " + std::string(motion::kJointNames[j]) +
                         number(degrees, " %.1f degrees") + " away from what " +
                         owners_.name(owner_[slot(frame, j)]) + " demands; change or remove one of them");
  }

  void check_reach(std::size_t a, std::size_t b, std::size_t what) {
    const double seconds = static_cast<double>(b - a) / limits::kFps;
    const motion::Frame &from = demands_.frames[a], &to = demands_.frames[b];
    const std::string who = owners_.name(owner_[slot(b, what)]);
    const std::string after = owners_.name(owner_[slot(a, what)]) + " at " + at_time(a);
    if (what == kPlace) {
      const auto both = static_cast<unsigned>(demands_.places[a] & demands_.places[b]);
      double sum = 0;
      for (int axis = 0; axis < 3; ++axis) {
        const auto step = static_cast<double>(to.root[axis] - from.root[axis]);
        if ((both >> axis & 1u) != 0) sum += step * step;
      }
      if (std::sqrt(sum) > static_cast<double>(kFastestTravel) * seconds) {
        error_ = invalid(who, "at " + at_time(b) + " the root is " + number(std::sqrt(sum), "%.2f m") +
                                  " away from " + after +
                                  ", too far to get there; leave more time or move them closer");
      }
      return;
    }
    constexpr auto partial = Demands::kHeading | Demands::kTilt;
    if (what == motion::kPelvis && ((demands_.places[a] | demands_.places[b]) & partial) != 0) return;
    const double degrees = degrees_between(from.rotations[what], to.rotations[what]);
    if (degrees > static_cast<double>(kFastestTurn) * seconds * 180 / std::numbers::pi) {
      error_ = invalid(who, "at " + at_time(b) + " " + std::string(motion::kJointNames[what]) +
                                " is turned " + number(degrees, "%.0f degrees") + " from " + after +
                                ", too far to get there; leave more time between them");
    }
  }

  Owners owners_;
  Demands demands_;
  std::vector<int> owner_;
  std::optional<Error> error_;
};

Gatherer gather(const Constraints& constraints, std::size_t frames) {
  Gatherer gatherer(frames, {constraints.keyframes.size(), constraints.kept.size()});
  int owner = 0;
  for (const Keyframe& key : constraints.keyframes) {
    const std::size_t f = std::min(to_frame(key.time), frames - 1);
    for (int j = 0; j < motion::kJoints; ++j) {
      const Quat& q = key.rotations[static_cast<std::size_t>(j)];
      if ((key.joints & joint_bit(j)) == 0) continue;
      if (j == motion::kPelvis && !key.keep_facing) {
        gatherer.tilt(f, q.normalized(), owner);
      } else {
        gatherer.rotation(f, j, q.normalized(), owner);
      }
    }
    for (int axis = 0; axis < 3; ++axis) {
      const auto& value = key.root[static_cast<std::size_t>(axis)];
      if (value) gatherer.place(f, axis, *value, owner);
    }
    ++owner;
  }
  for (const KeptRange& range : constraints.kept) {
    const motion::Clip& dance = constraints.dances[range.dance];
    const FrameRange span = frames_of(range, frames);
    for (std::size_t f = span.begin; f < span.end; ++f) {
      for (int j = 0; j < motion::kJoints; ++j) {
        if ((range.joints & joint_bit(j)) == 0) continue;
        gatherer.rotation(f, j, dance.frames[f].rotations[static_cast<std::size_t>(j)], owner);
      }
      for (int axis = 0; (range.joints & joint_bit(motion::kPelvis)) != 0 && axis < 3; ++axis) {
        gatherer.place(f, axis, dance.frames[f].root[axis], owner);
      }
    }
    ++owner;
  }
  for (const PathPoint& point : constraints.path) {
    const std::size_t f = std::min(to_frame(point.time), frames - 1);
    gatherer.place(f, 0, point.x, owner);
    gatherer.place(f, 2, point.z, owner);
    if (point.yaw) gatherer.heading(f, *point.yaw, owner);
    ++owner;
  }
  return gatherer;
}

}  // namespace

Demands demands(const Constraints& constraints, std::size_t frames) {
  return std::move(gather(constraints, frames).demands());
}

Status check_demands(const Constraints& constraints, std::size_t frames) {
  Gatherer gatherer = gather(constraints, frames);
  gatherer.check_reach();
  if (gatherer.error()) return *gatherer.error();
  return ok_status();
}

}  // namespace terpsi::generate
