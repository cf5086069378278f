#include "generate/constrain/sampler_hints.h"

#include <algorithm>
#include <array>

#include "base/monotone_cubic.h"
#include "generate/finish/beat_warp.h"
#include "motion/motion_vector.h"
#include "motion/rotation.h"
#include "motion/time_warp.h"

namespace terpsi::generate {
namespace {

using motion::Quat;

constexpr double kClose = 1e-6;  // seconds, less than any difference that matters

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

// The part of the beat warp that is known before there is motion.
BeatWarp steady_warp(const Condition& condition, const FinishOptions& options) {
  BeatWarp warp;
  warp.beats = warp_targets(condition.beats, condition.dance_beats);
  if (options.beat_snap) {
    warp.amplitude = std::clamp(options.beat_ease, 0.f, 0.8f);
    warp.hits = condition.section_starts;
    warp.hit = options.section_hit;
  }
  return warp;
}

void set(KnownMotion& known, std::size_t frame, int dim, float value) {
  const std::size_t i = frame * motion::kMotionDims + static_cast<std::size_t>(dim);
  known.values[i] = value;
  known.mask[i] = 1.f;
}

void set_rotation(KnownMotion& known, std::size_t frame, int joint, const Quat& q) {
  std::array<float, 6> six;
  motion::to_6d(q, six);
  for (int d = 0; d < 6; ++d) {
    set(known, frame, motion::kRotationOffset + 6 * joint + d, six[static_cast<std::size_t>(d)]);
  }
}

// `shown`: when each frame of the network's motion will be seen, seconds.
void set_path(KnownMotion& known, const std::vector<PathPoint>& path, const std::vector<double>& shown) {
  if (path.empty()) return;
  std::vector<double> times, x, z;
  for (const PathPoint& p : path) {
    times.push_back(static_cast<double>(to_frame(p.time)) / limits::kFps);
    x.push_back(static_cast<double>(p.x));
    z.push_back(static_cast<double>(p.z));
  }
  const MonotoneCubic path_x(times, x), path_z(times, z);
  for (std::size_t f = 1; f < shown.size(); ++f) {
    if (shown[f - 1] < times.front() - kClose || shown[f] > times.back() + kClose) continue;
    set(known, f, motion::kRootOffset,
        static_cast<float>((path_x(shown[f]) - path_x(shown[f - 1])) * limits::kFps));
    set(known, f, motion::kRootOffset + 2,
        static_cast<float>((path_z(shown[f]) - path_z(shown[f - 1])) * limits::kFps));
  }
}

void set_kept(KnownMotion& known, const KeptRange& range, const motion::Clip& dance,
              const std::vector<double>& shown) {
  for (std::size_t f = 0; f < shown.size(); ++f) {
    if (shown[f] < range.from - kClose || shown[f] >= range.to - kClose) continue;
    const motion::Frame now = motion::sample(dance, shown[f]);
    for (int j = 0; j < motion::kJoints; ++j) {
      if ((range.joints & joint_bit(j)) != 0)
        set_rotation(known, f, j, now.rotations[static_cast<std::size_t>(j)]);
    }
    if ((range.joints & kLegJoints) == kLegJoints) {
      for (int c = 0; c < motion::kContacts; ++c) {
        set(known, f, motion::kContactOffset + c, now.contacts[static_cast<std::size_t>(c)]);
      }
    }
    if ((range.joints & kPelvisJoint) == 0) continue;
    set(known, f, motion::kRootOffset + 1, now.root.y());
    if (f == 0 || shown[f - 1] < range.from - kClose) continue;
    const motion::Vec3 velocity =
        (now.root - motion::sample(dance, shown[f - 1]).root) * static_cast<float>(limits::kFps);
    set(known, f, motion::kRootOffset, velocity.x());
    set(known, f, motion::kRootOffset + 2, velocity.z());
  }
}

void set_keyframe(KnownMotion& known, const Keyframe& key, const BeatWarp& warp, std::size_t frames) {
  const double when =
      foreseen(warp, static_cast<double>(std::min(to_frame(key.time), frames - 1)) / limits::kFps);
  const std::size_t f = std::min(to_frame(when), frames - 1);
  for (int j = 0; j < motion::kJoints; ++j) {
    if ((key.joints & joint_bit(j)) == 0 || (j == motion::kPelvis && !key.keep_facing)) continue;
    set_rotation(known, f, j, key.rotations[static_cast<std::size_t>(j)].normalized());
  }
  if (key.root[1]) set(known, f, motion::kRootOffset + 1, *key.root[1]);
}

}  // namespace

KnownMotion known_motion(const Constraints& constraints, const Condition& condition,
                         const FinishOptions& options) {
  KnownMotion known;
  const auto frames = static_cast<std::size_t>(std::max(condition.frames, 0));
  if (constraints.empty() || frames == 0) return known;
  known.values.assign(frames * motion::kMotionDims, 0.f);
  known.mask.assign(known.values.size(), 0.f);
  const BeatWarp warp = steady_warp(condition, options);
  std::vector<double> shown(frames);
  for (std::size_t f = 0; f < frames; ++f) shown[f] = shown_at(warp, static_cast<double>(f) / limits::kFps);

  set_path(known, constraints.path, shown);
  for (const KeptRange& range : constraints.kept)
    set_kept(known, range, constraints.dances[range.dance], shown);
  for (const Keyframe& key : constraints.keyframes) set_keyframe(known, key, warp, frames);
  return known;
}

}  // namespace terpsi::generate
