#include "generate/constrain/constraints.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>

#include "base/monotone_cubic.h"
#include "generate/finish/beat_warp.h"
#include "motion/heading.h"
#include "motion/rotation.h"
#include "motion/time_warp.h"

namespace terpsi::generate {
namespace {

using motion::Quat;

constexpr double kFps = limits::kFps;
constexpr double kClose = 1e-6;  // seconds, less than any difference that matters

constexpr JointSet bits(std::initializer_list<int> joints) {
  JointSet set = 0;
  for (int j : joints) set |= joint_bit(j);
  return set;
}

constexpr JointSet kRoot = bits({motion::kPelvis});
constexpr JointSet kLegs = bits({motion::kLHip, motion::kRHip, motion::kLKnee, motion::kRKnee,
                                 motion::kLAnkle, motion::kRAnkle, motion::kLFoot, motion::kRFoot});
constexpr JointSet kTorso = bits({motion::kSpine1, motion::kSpine2, motion::kSpine3});
constexpr JointSet kHeadSet = bits({motion::kNeck, motion::kHead});
constexpr JointSet kLeftArm =
    bits({motion::kLCollar, motion::kLShoulder, motion::kLElbow, motion::kLWrist, motion::kLHand});
constexpr JointSet kRightArm =
    bits({motion::kRCollar, motion::kRShoulder, motion::kRElbow, motion::kRWrist, motion::kRHand});
constexpr JointSet kArms = kLeftArm | kRightArm;
constexpr JointSet kUpper = kTorso | kHeadSet | kArms;
constexpr JointSet kLower = kRoot | kLegs;
constexpr JointSet kAll = kUpper | kLower;
static_assert(kAll == (JointSet{1} << motion::kJoints) - 1);

constexpr std::array<BodyPart, 10> kParts = {{{"whole", kAll},
                                              {"upper", kUpper},
                                              {"lower", kLower},
                                              {"left_arm", kLeftArm},
                                              {"right_arm", kRightArm},
                                              {"arms", kArms},
                                              {"torso", kTorso},
                                              {"head", kHeadSet},
                                              {"legs", kLegs},
                                              {"root", kRoot}}};

struct FrameRange {
  std::size_t begin, end;
};

std::size_t frame_of(double seconds) {
  return static_cast<std::size_t>(std::max(0.0, std::round(seconds * kFps)));
}

FrameRange frames_of(const KeptRange& range, std::size_t frames) {
  return {frame_of(range.from), std::min(frame_of(range.to), frames)};
}

std::string at_time(std::size_t frame) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", static_cast<double>(frame) / kFps);
  return text;
}

std::string number(double value, const char* format) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Error invalid(const std::string& who, const std::string& what) {
  return {ErrorCode::invalid_argument, who + ": " + what};
}

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
    const double seconds = static_cast<double>(b - a) / kFps;
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
    const std::size_t f = std::min(frame_of(key.time), frames - 1);
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
      for (int axis = 0; (range.joints & kRoot) != 0 && axis < 3; ++axis) {
        gatherer.place(f, axis, dance.frames[f].root[axis], owner);
      }
    }
    ++owner;
  }
  for (const PathPoint& point : constraints.path) {
    const std::size_t f = std::min(frame_of(point.time), frames - 1);
    gatherer.place(f, 0, point.x, owner);
    gatherer.place(f, 2, point.z, owner);
    if (point.yaw) gatherer.heading(f, *point.yaw, owner);
    ++owner;
  }
  return gatherer;
}

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
  if ((key.joints & ~kAll) != 0) return invalid(who, "it names joints that do not exist");
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
  if (range.joints == 0 || (range.joints & ~kAll) != 0) return invalid(who, "it keeps no joint of the body");
  if (range.dance >= constraints.dances.size()) return invalid(who, "the dance it is kept from is missing");
  const motion::Clip& dance = constraints.dances[range.dance];
  if (dance.size() < span.end) {
    return invalid(who, "the dance it is kept from ends at " +
                            number(static_cast<double>(dance.size()) / kFps, "%.2f s") +
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
    if (i > 0 && frame_of(path[i].time) <= frame_of(path[i - 1].time)) {
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

// Source time that is shown at output time `t`, as far as it is known before there is motion.
double foreseen(const BeatWarp& warp, double t) {
  return warp.ease(warp.strike(t));
}

// The output time at which source time `t` is shown.
double shown_at(const BeatWarp& warp, double t) {
  double low = t - 1.5, high = t + 1.5;  // both parts move times by less than the gaps they act on
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (low + high);
    (foreseen(warp, middle) < t ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

std::span<const BodyPart> body_parts() {
  return kParts;
}

const BodyPart* find_body_part(std::string_view name) {
  const auto it =
      std::find_if(kParts.begin(), kParts.end(), [&](const BodyPart& p) { return p.name == name; });
  return it == kParts.end() ? nullptr : &*it;
}

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
  const double end = static_cast<double>(frames) / kFps;
  for (std::size_t i = 0; i < constraints.dances.size(); ++i) {
    if (constraints.dances[i].fps != static_cast<float>(kFps)) {
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
  Gatherer gatherer = gather(constraints, frames);
  gatherer.check_reach();
  if (gatherer.error()) return *gatherer.error();
  return ok_status();
}

Demands demands(const Constraints& constraints, std::size_t frames) {
  return std::move(gather(constraints, frames).demands());
}

Disobedience disobedience(const motion::Clip& clip, const Demands& demands) {
  Disobedience worst;
  for (std::size_t f = 0; f < std::min(clip.size(), demands.joints.size()); ++f) {
    const motion::Frame &is = clip.frames[f], &shall = demands.frames[f];
    double squares = 0;
    for (int axis = 0; axis < 3; ++axis) {
      const auto off = static_cast<double>(is.root[axis] - shall.root[axis]);
      if ((demands.places[f] >> axis & 1) != 0) squares += off * off;
    }
    worst.metres = std::max(worst.metres, std::sqrt(squares));
    const Quat &pelvis = is.rotations[motion::kPelvis], &wanted = shall.rotations[motion::kPelvis];
    if ((demands.places[f] & Demands::kHeading) != 0) {
      worst.degrees = std::max(worst.degrees, degrees_between(motion::turned(motion::heading_of(pelvis)),
                                                              motion::turned(motion::heading_of(wanted))));
    }
    if ((demands.places[f] & Demands::kTilt) != 0) {
      worst.degrees =
          std::max(worst.degrees, degrees_between(motion::tilt_of(pelvis), motion::tilt_of(wanted)));
    }
    for (int j = 0; j < motion::kJoints; ++j) {
      const auto k = static_cast<std::size_t>(j);
      if ((demands.joints[f] & joint_bit(j)) == 0) continue;
      worst.degrees = std::max(worst.degrees, degrees_between(is.rotations[k], shall.rotations[k]));
    }
  }
  return worst;
}

KnownMotion known_motion(const Constraints& constraints, const Condition& condition,
                         const FinishOptions& options) {
  KnownMotion known;
  const auto frames = static_cast<std::size_t>(std::max(condition.frames, 0));
  if (constraints.empty() || frames == 0) return known;
  known.values.assign(frames * motion::kMotionDims, 0.f);
  known.mask.assign(known.values.size(), 0.f);
  const auto set = [&](std::size_t frame, int dim, float value) {
    const std::size_t i = frame * motion::kMotionDims + static_cast<std::size_t>(dim);
    known.values[i] = value;
    known.mask[i] = 1.f;
  };
  const auto set_rotation = [&](std::size_t frame, int joint, const Quat& q) {
    std::array<float, 6> six;
    motion::to_6d(q, six);
    for (int d = 0; d < 6; ++d) {
      set(frame, motion::kRotationOffset + 6 * joint + d, six[static_cast<std::size_t>(d)]);
    }
  };

  BeatWarp warp;
  warp.beats = warp_targets(condition.beats, condition.dance_beats);
  if (options.beat_snap) {
    warp.amplitude = std::clamp(options.beat_ease, 0.f, 0.8f);
    warp.hits = condition.section_starts;
    warp.hit = options.section_hit;
  }
  std::vector<double> shown(frames);  // when each frame of the network's motion will be seen, seconds
  for (std::size_t f = 0; f < frames; ++f) shown[f] = shown_at(warp, static_cast<double>(f) / kFps);

  if (!constraints.path.empty()) {
    std::vector<double> times, x, z;
    for (const PathPoint& p : constraints.path) {
      times.push_back(static_cast<double>(frame_of(p.time)) / kFps);
      x.push_back(static_cast<double>(p.x));
      z.push_back(static_cast<double>(p.z));
    }
    const MonotoneCubic path_x(times, x), path_z(times, z);
    for (std::size_t f = 1; f < frames; ++f) {
      if (shown[f - 1] < times.front() - kClose || shown[f] > times.back() + kClose) continue;
      set(f, motion::kRootOffset, static_cast<float>((path_x(shown[f]) - path_x(shown[f - 1])) * kFps));
      set(f, motion::kRootOffset + 2, static_cast<float>((path_z(shown[f]) - path_z(shown[f - 1])) * kFps));
    }
  }
  for (const KeptRange& range : constraints.kept) {
    const motion::Clip& dance = constraints.dances[range.dance];
    for (std::size_t f = 0; f < frames; ++f) {
      if (shown[f] < range.from - kClose || shown[f] >= range.to - kClose) continue;
      const motion::Frame now = motion::sample(dance, shown[f]);
      for (int j = 0; j < motion::kJoints; ++j) {
        if ((range.joints & joint_bit(j)) != 0)
          set_rotation(f, j, now.rotations[static_cast<std::size_t>(j)]);
      }
      if ((range.joints & kLegs) == kLegs) {
        for (int c = 0; c < motion::kContacts; ++c) {
          set(f, motion::kContactOffset + c, now.contacts[static_cast<std::size_t>(c)]);
        }
      }
      if ((range.joints & kRoot) == 0) continue;
      set(f, motion::kRootOffset + 1, now.root.y());
      if (f == 0 || shown[f - 1] < range.from - kClose) continue;
      const motion::Vec3 velocity =
          (now.root - motion::sample(dance, shown[f - 1]).root) * static_cast<float>(kFps);
      set(f, motion::kRootOffset, velocity.x());
      set(f, motion::kRootOffset + 2, velocity.z());
    }
  }
  for (const Keyframe& key : constraints.keyframes) {
    const double when = foreseen(warp, static_cast<double>(std::min(frame_of(key.time), frames - 1)) / kFps);
    const std::size_t f = std::min(frame_of(when), frames - 1);
    for (int j = 0; j < motion::kJoints; ++j) {
      if ((key.joints & joint_bit(j)) == 0 || (j == motion::kPelvis && !key.keep_facing)) continue;
      set_rotation(f, j, key.rotations[static_cast<std::size_t>(j)].normalized());
    }
    if (key.root[1]) set(f, motion::kRootOffset + 1, *key.root[1]);
  }
  return known;
}

}  // namespace terpsi::generate
