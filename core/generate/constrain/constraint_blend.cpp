#include "generate/constrain/constraint_blend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/monotone_cubic.h"
#include "generate/constrain/least_jerk.h"
#include "generate/constrain/replant.h"
#include "motion/floor.h"
#include "motion/heading.h"
#include "motion/kinematics.h"
#include "motion/plants.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Clip;
using motion::Frame;
using motion::Quat;
using motion::Vec3;
using Vec = Eigen::Vector3d;

constexpr double kFps = limits::kFps;
constexpr JointSet kPelvisBit = joint_bit(motion::kPelvis);
constexpr std::array<JointSet, 2> kLegBits = {joint_bit(motion::kLHip) | joint_bit(motion::kLKnee) |
                                                  joint_bit(motion::kLAnkle) | joint_bit(motion::kLFoot),
                                              joint_bit(motion::kRHip) | joint_bit(motion::kRKnee) |
                                                  joint_bit(motion::kRAnkle) | joint_bit(motion::kRFoot)};

constexpr double kShortest = 0.4, kLongest = 2.5;            // seconds a pose fades
constexpr double kPlaceShortest = 1.0, kPlaceLongest = 6.0;  // seconds a place fades
constexpr double kDragSpeed =
    0.25;  // m/s, the fastest a fading place moves unless it would take kPlaceLongest
constexpr double kTurnSpeed = 1.5;  // rad/s, the same for the heading of a path
constexpr double kJerkShare = 0.5;  // of the dance's mean jerk that a fade may have at its ends ...
constexpr double kLeastBudget = 15, kMostBudget = 150;  // ... within these bounds, m/s^3
constexpr std::size_t kLookBeyond = 15;  // frames of a kept range's own dance that decide how long it fades
constexpr std::size_t kComeToRest = 15;  // frames a kept dance that ends takes to come to rest
constexpr double kSwaySigma = 15;        // frames; slower than this is travel, faster is sway
constexpr double kPathPull = 4e-6;       // of a path between its points: follows changes over about 8 frames
constexpr double kStandDrag =
    1.5e-5;  // of a foot on the floor: shifts the place's movement by up to 16 frames
constexpr std::size_t kVelocityFade =
    20;  // frames in which the root's velocity turns from one dance's to the other's
constexpr double kOvershoot = 1.2, kSlackTurn = 0.05, kSlackMetres = 0.01;
constexpr double kCalm = 0.7,
                 kCalmSigma = 1.5;     // share and frames (standard deviation) of the smoothing at a keyframe
constexpr std::size_t kCalmEase = 10;  // frames beside a kept stretch in which it comes in
constexpr std::size_t kReplantMargin = 45;  // frames

double quintic(double u) {
  u = std::clamp(u, 0.0, 1.0);
  return u * u * u * (10 + u * (6 * u - 15));
}

std::size_t as_frames(double seconds) {
  return static_cast<std::size_t>(std::lround(seconds * kFps));
}

// The rotation vector of the same rotation that is nearest to `reference`.
Vec unwrapped(const Vec& v, const Vec& reference) {
  const double angle = v.norm(), turn = 2 * std::numbers::pi;
  if (angle < 1e-9) {
    // A whole turn about the reference's axis is the same rotation.
    const double size = reference.norm();
    return size > 0.75 * turn ? Vec(reference * (std::round(size / turn) * turn / size)) : v;
  }
  const Vec axis = v / angle;
  return axis * (angle + turn * std::round((axis.dot(reference) - angle) / turn));
}

// From `base` to `target`, in the parent's frame: target = exp(offset) base.
Vec offset_of(const Quat& target, const Quat& base) {
  return motion::rotation_vector(target.cast<double>() * base.cast<double>().conjugate());
}

Quat moved(const Quat& base, const Vec& offset) {
  const Quat q = (motion::from_rotation_vector(offset) * base.cast<double>()).normalized().cast<float>();
  return motion::same_hemisphere(q, base);
}

double mean_jerk(const motion::JointPositions& a, const motion::JointPositions& b,
                 const motion::JointPositions& c, const motion::JointPositions& d) {
  double sum = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    sum += static_cast<double>((d[j] - 3 * c[j] + 3 * b[j] - a[j]).norm());
  }
  return sum / motion::kJoints * kFps * kFps * kFps;
}

// Entry f: jerk of frames f to f + 3; empty for clips of less than 4 frames.
std::vector<double> jerks(const Clip& clip) {
  const auto p = motion::joint_positions(clip);
  std::vector<double> out;
  for (std::size_t f = 0; f + 3 < p.size(); ++f) out.push_back(mean_jerk(p[f], p[f + 1], p[f + 2], p[f + 3]));
  return out;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// Seconds a change of this size fades: a quintic from rest to rest over L seconds has a jerk of 60 size / L^3
// at its ends.
double fade_seconds(double metres, double budget) {
  return std::clamp(std::cbrt(60 * metres / budget), kShortest, kLongest);
}

// Largest distance between the same joint of two poses, the roots laid over each other in the plane.
double pose_distance(const Frame& a, const Frame& b) {
  const auto p = motion::joint_positions(a), q = motion::joint_positions(b);
  Vec3 apart = b.root - a.root;
  apart.y() = 0;
  float most = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, (q[j] - p[j] - apart).norm());
  return static_cast<double>(most);
}

class Blend {
 public:
  Blend(Clip& clip, const Constraints& constraints)
      : clip_(clip),
        dance_(clip),
        constraints_(constraints),
        demands_(demands(constraints, clip.size())),
        frames_(clip.size()) {
    budget_ = std::clamp(kJerkShare * mean(jerks(dance_)), kLeastBudget, kMostBudget);
    for (const KeptRange& range : constraints.kept) {
      const std::size_t begin = as_frames(range.from), end = std::min(as_frames(range.to), frames_);
      spans_.push_back({begin, end});
    }
  }

  void run(motion::FootLock foot_lock) {
    follow_headings();
    cross_fade_kept();
    bend_to_keyframes();
    keep_height();
    place_root();
    stand(foot_lock);
    snap();
  }

 private:
  struct Span {
    std::size_t begin, end;
  };

  // A kept range's dance at any frame: before its start and after its end it comes to rest.
  Quat source_rotation(std::size_t range, std::ptrdiff_t frame, std::size_t joint) const {
    const Clip& dance = constraints_.dances[constraints_.kept[range].dance];
    const auto last = static_cast<std::ptrdiff_t>(dance.size()) - 1;
    if (frame >= 0 && frame <= last) return dance.frames[static_cast<std::size_t>(frame)].rotations[joint];
    const auto at = [&](std::ptrdiff_t f) {
      return dance.frames[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(f, 0, last))].rotations[joint];
    };
    const std::ptrdiff_t edge = frame < 0 ? 0 : last, inward = frame < 0 ? 1 : -1;
    const Vec v = offset_of(at(edge), at(edge + inward)),
              w = offset_of(at(edge + inward), at(edge + 2 * inward));
    return moved(at(edge), rest_offset(v, v - w, static_cast<double>(std::abs(frame - edge))));
  }

  Vec source_root(std::size_t range, std::ptrdiff_t frame) const {
    const Clip& dance = constraints_.dances[constraints_.kept[range].dance];
    const auto last = static_cast<std::ptrdiff_t>(dance.size()) - 1;
    const auto at = [&](std::ptrdiff_t f) {
      return Vec(
          dance.frames[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(f, 0, last))].root.cast<double>());
    };
    if (frame >= 0 && frame <= last) return at(frame);
    const std::ptrdiff_t edge = frame < 0 ? 0 : last, inward = frame < 0 ? 1 : -1;
    const Vec v = at(edge) - at(edge + inward), w = at(edge + inward) - at(edge + 2 * inward);
    return at(edge) + rest_offset(v, v - w, static_cast<double>(std::abs(frame - edge)));
  }

  double source_height(std::size_t range, std::ptrdiff_t frame) const {
    return source_root(range, frame).y();
  }

  // How far a movement of velocity v and acceleration a (per frame) goes on in n frames while its velocity
  // runs into 0 along a cubic.
  static Vec rest_offset(const Vec& v, const Vec& a, double n) {
    const double u = std::min(1.0, n / static_cast<double>(kComeToRest)),
                 d = static_cast<double>(kComeToRest);
    const double u2 = u * u, u3 = u2 * u, u4 = u3 * u;
    return v * d * (u - u3 + 0.5 * u4) + a * (d * d * (0.5 * u2 - 2 * u3 / 3 + 0.25 * u4));
  }

  bool demanded(std::size_t frame, std::size_t joint) const {
    return (demands_.joints[frame] >> joint & 1u) != 0;
  }

  // The range that keeps this joint in this frame, or -1.
  int keeper(std::size_t frame, std::size_t joint) const {
    for (std::size_t r = 0; r < spans_.size(); ++r) {
      if (frame >= spans_[r].begin && frame < spans_[r].end &&
          (constraints_.kept[r].joints >> joint & 1u) != 0) {
        return static_cast<int>(r);
      }
    }
    return -1;
  }

  // ---- heading along a path
  // -----------------------------------------------------------------------------------

  void follow_headings() {
    std::vector<double> times, yaws;
    for (const PathPoint& p : constraints_.path) {
      if (!p.yaw) continue;
      times.push_back(static_cast<double>(std::min(as_frames(p.time), frames_ - 1)));
      double yaw = static_cast<double>(*p.yaw);
      if (!yaws.empty()) yaw = yaws.back() + std::remainder(yaw - yaws.back(), 2 * std::numbers::pi);
      yaws.push_back(yaw);
    }
    if (times.empty()) return;
    std::vector<double> heading(frames_);
    for (std::size_t f = 0; f < frames_; ++f) {
      const double h = motion::heading_of(dance_.frames[f].rotations[motion::kPelvis]);
      heading[f] = f == 0 ? h : heading[f - 1] + std::remainder(h - heading[f - 1], 2 * std::numbers::pi);
    }
    const std::vector<double> slow = smooth(heading, kSwaySigma);
    const auto first = static_cast<std::size_t>(times.front()), last = static_cast<std::size_t>(times.back());
    const double whole = 2 * std::numbers::pi;
    const double shift = whole * std::round((heading[first] - yaws.front()) / whole);
    for (double& y : yaws) y += shift;
    const MonotoneCubic path(times, yaws);

    LeastJerk curve(frames_, 1);
    const auto reach = [&](double offset) {
      return as_frames(std::clamp(
          std::max(fade_seconds(0.4 * std::abs(offset), budget_), 1.875 * std::abs(offset) / kTurnSpeed),
          kShortest, kPlaceLongest));
    };
    for (std::size_t k = 0; k < times.size(); ++k) {
      const auto f = static_cast<std::size_t>(times[k]);
      curve.given[f] = 1;
      curve.at(f, 0) = yaws[k] - heading[f];
    }
    // Far before and after, the dance faces where it did: a whole number of turns away.
    const double end_turns = whole * std::round(curve.at(last, 0) / whole);
    const std::size_t before = reach(curve.at(first, 0)), after = reach(curve.at(last, 0) - end_turns);
    curve.pull.assign(frames_, 0.0);
    curve.wanted.assign(frames_, 0.0);
    for (std::size_t f = 0; f < frames_; ++f) {
      if (f + before < first || f > last + after) {
        curve.given[f] = 1;
        curve.at(f, 0) = f > last ? end_turns : 0;
      } else if (f > first && f < last && !curve.given[f]) {
        curve.pull[f] = kPathPull;
        curve.wanted[f] = path(static_cast<double>(f)) - slow[f];
      }
    }
    solve(curve);
    for (std::size_t f = 0; f < frames_; ++f) {
      Quat& q = clip_.frames[f].rotations[motion::kPelvis];
      if (curve.at(f, 0) != 0) q = moved(q, Vec(0, curve.at(f, 0), 0));
    }
  }

  static std::vector<double> smooth(const std::vector<double>& values, double sigma) {
    const auto reach = static_cast<std::ptrdiff_t>(3 * sigma),
               last = static_cast<std::ptrdiff_t>(values.size()) - 1;
    std::vector<double> kernel;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      const double x = static_cast<double>(k) / sigma;
      kernel.push_back(std::exp(-0.5 * x * x));
    }
    std::vector<double> out(values.size());
    for (std::ptrdiff_t i = 0; i <= last; ++i) {
      double sum = 0, total = 0;
      for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
        // Beyond the ends the curve goes on point-symmetrically, so that a steady movement stays steady.
        const std::ptrdiff_t j = i + k;
        const auto value = [&](std::ptrdiff_t n) {
          return values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(n, 0, last))];
        };
        const double v = j < 0      ? 2 * value(0) - value(-j)
                         : j > last ? 2 * value(last) - value(2 * last - j)
                                    : value(j);
        const double w = kernel[static_cast<std::size_t>(k + reach)];
        sum += w * v;
        total += w;
      }
      out[static_cast<std::size_t>(i)] = sum / total;
    }
    return out;
  }

  // ---- kept ranges
  // --------------------------------------------------------------------------------------------

  // Frames over which range r fades beyond its begin (side 0) or end (side 1).
  std::size_t fade_of(std::size_t r, int side) const {
    double size = 0;
    for (std::size_t k = 0; k <= kLookBeyond; k += 3) {
      const auto edge = static_cast<std::ptrdiff_t>(side == 0 ? spans_[r].begin : spans_[r].end - 1);
      const std::ptrdiff_t f = edge + (side == 0 ? -1 : 1) * static_cast<std::ptrdiff_t>(k);
      if (f < 0 || f >= static_cast<std::ptrdiff_t>(frames_)) break;
      const Frame& now = base_.frames[static_cast<std::size_t>(f)];
      Frame kept = now;
      for (std::size_t j = 0; j < motion::kJoints; ++j) {
        if ((constraints_.kept[r].joints >> j & 1u) != 0) kept.rotations[j] = source_rotation(r, f, j);
      }
      if ((constraints_.kept[r].joints & kPelvisBit) != 0)
        kept.root.y() = static_cast<float>(source_height(r, f));
      size = std::max(size, pose_distance(now, kept));
    }
    return std::max<std::size_t>(2, as_frames(fade_seconds(size, budget_)));
  }

  void cross_fade_kept() {
    base_ = clip_;
    for (std::size_t r = 0; r < spans_.size(); ++r) fades_.push_back({fade_of(r, 0), fade_of(r, 1)});
    std::vector<int> by(frames_);
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      bool any = false;
      for (std::size_t f = 0; f < frames_; ++f) {
        by[f] = keeper(f, j);
        any = any || by[f] >= 0;
      }
      if (!any) continue;
      for (std::size_t f = 0; f < frames_;) {
        if (by[f] >= 0) {
          const auto r = static_cast<std::size_t>(by[f]);
          clip_.frames[f].rotations[j] = motion::same_hemisphere(
              source_rotation(r, static_cast<std::ptrdiff_t>(f), j), clip_.frames[f].rotations[j]);
          if (j == motion::kPelvis)
            clip_.frames[f].root.y() = static_cast<float>(source_height(r, static_cast<std::ptrdiff_t>(f)));
          ++f;
          continue;
        }
        std::size_t end = f;
        while (end < frames_ && by[end] < 0) ++end;
        fill_gap(j, f, end, f > 0 ? by[f - 1] : -1, end < frames_ ? by[end] : -1);
        f = end;
      }
    }
  }

  // Frames [begin, end) lie between what `left` and `right` keep (-1: nothing).
  void fill_gap(std::size_t joint, std::size_t begin, std::size_t end, int left, int right) {
    const std::size_t gap = end - begin;
    std::vector<Vec> offsets(gap, Vec::Zero());
    std::vector<double> heights(gap, 0.0);
    const auto fade = [&](std::size_t r, int side) {
      const std::size_t length = std::min(fades_[r][static_cast<std::size_t>(side)], gap);
      Vec last = Vec::Zero();
      for (std::size_t n = 0; n <= length; ++n) {
        // n = 0 is the edge of the range itself: there the offset starts.
        const std::ptrdiff_t f = side == 1
                                     ? static_cast<std::ptrdiff_t>(begin + n) - 1
                                     : static_cast<std::ptrdiff_t>(end) - static_cast<std::ptrdiff_t>(n);
        if (f < 0 || f >= static_cast<std::ptrdiff_t>(frames_)) continue;
        const auto i = static_cast<std::size_t>(f);
        const Vec offset = offset_of(source_rotation(r, f, joint), base_.frames[i].rotations[joint]);
        last = n == 0 ? offset : unwrapped(offset, last);
        if (n == 0) continue;
        const double weight = 1 - quintic(static_cast<double>(n) / static_cast<double>(length + 1));
        offsets[i - begin] += weight * last;
        heights[i - begin] += weight * (source_height(r, f) - static_cast<double>(base_.frames[i].root.y()));
      }
    };
    if (left >= 0) fade(static_cast<std::size_t>(left), 1);
    if (right >= 0) fade(static_cast<std::size_t>(right), 0);
    for (std::size_t k = 0; k < gap; ++k) {
      Frame& frame = clip_.frames[begin + k];
      if (!offsets[k].isZero())
        frame.rotations[joint] = moved(base_.frames[begin + k].rotations[joint], offsets[k]);
      if (joint == motion::kPelvis) frame.root.y() += static_cast<float>(heights[k]);
    }
  }

  // ---- keyframes
  // ----------------------------------------------------------------------------------------------

  // Rotation that joint j shall have in frame f, where the demands say anything about it.
  bool wanted_rotation(std::size_t f, std::size_t j, Quat& out) const {
    if (demanded(f, j)) {
      out = demands_.frames[f].rotations[j];
      return true;
    }
    if (j != motion::kPelvis || (demands_.places[f] & (Demands::kHeading | Demands::kTilt)) == 0)
      return false;
    const Quat &now = clip_.frames[f].rotations[j], &shall = demands_.frames[f].rotations[j];
    out = (demands_.places[f] & Demands::kHeading) != 0
              ? Quat(motion::turned(motion::heading_of(shall)) * motion::tilt_of(now))
              : Quat(motion::turned(motion::heading_of(now)) * shall);
    return true;
  }

  void bend_to_keyframes() {
    // How far around each demanded frame its pose is led up to.
    pose_reach_.assign(frames_, 0);
    for (std::size_t f = 0; f < frames_; ++f) {
      if (demands_.joints[f] == 0 && demands_.places[f] == 0) continue;
      Frame posed = clip_.frames[f];
      bool apart = false;
      for (std::size_t j = 0; j < motion::kJoints; ++j) {
        Quat q;
        if (!wanted_rotation(f, j, q)) continue;
        posed.rotations[j] = q;
        apart = apart || motion::angle_of(q * clip_.frames[f].rotations[j].conjugate()) > 1e-5f;
      }
      if ((demands_.places[f] & Demands::kY) != 0) {
        posed.root.y() = demands_.frames[f].root.y();
        apart = apart || std::abs(posed.root.y() - clip_.frames[f].root.y()) > 1e-5f;
      }
      if (apart) pose_reach_[f] = as_frames(fade_seconds(pose_distance(clip_.frames[f], posed), budget_));
    }
    const Clip before = calmed();
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      LeastJerk curve(frames_, 3);
      Vec last = Vec::Zero();
      bool any = false;
      std::size_t last_frame = 0;
      for (std::size_t f = 0; f < frames_; ++f) {
        Quat q;
        if (!wanted_rotation(f, j, q)) continue;
        Vec offset = offset_of(q, before.frames[f].rotations[j]);
        const bool joined = any && f - last_frame <= pose_reach_[f] + pose_reach_[last_frame];
        if (joined) offset = unwrapped(offset, last);
        any = any || !offset.isZero(1e-6);
        curve.given[f] = 1;
        for (std::size_t c = 0; c < 3; ++c) curve.at(f, c) = offset[static_cast<Eigen::Index>(c)];
        last = offset;
        last_frame = f;
      }
      if (!any) continue;
      rest_far_away(curve, pose_reach_);
      keep_between(curve, kOvershoot, kSlackTurn);
      for (std::size_t f = 0; f < frames_; ++f) {
        const Vec offset(curve.at(f, 0), curve.at(f, 1), curve.at(f, 2));
        clip_.frames[f].rotations[j] = before.frames[f].rotations[j];
        if (!offset.isZero(1e-9)) clip_.frames[f].rotations[j] = moved(before.frames[f].rotations[j], offset);
      }
    }
  }

  // The clip with less tremor where a pose is led up to: a pose that reaches farther out makes the same turns
  // of the joints quicker movements. Kept joints stay as they are.
  Clip calmed() const {
    Clip out = clip_;
    const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * kCalmSigma));
    const auto last = static_cast<std::ptrdiff_t>(frames_) - 1;
    std::vector<double> weight(frames_);
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      std::fill(weight.begin(), weight.end(), 0.0);
      std::vector<std::size_t> kept_distance(frames_, kCalmEase);
      bool any = false;
      for (std::size_t f = 0; f < frames_; ++f) {
        Quat unused;
        if (keeper(f, j) >= 0) kept_distance[f] = 0;
        if (f > 0) kept_distance[f] = std::min(kept_distance[f], kept_distance[f - 1] + 1);
        if (pose_reach_[f] == 0 || kept_distance[f] == 0 || !wanted_rotation(f, j, unused)) continue;
        any = true;
        const std::size_t n = pose_reach_[f];
        for (std::size_t k = f - std::min(f, n); k < std::min(frames_, f + n + 1); ++k) {
          const double u = std::abs(static_cast<double>(k) - static_cast<double>(f)) / static_cast<double>(n);
          weight[k] = std::max(weight[k], kCalm * (1 - quintic(u)));
        }
      }
      if (!any) continue;
      for (std::size_t f = frames_; f-- > 1;)
        kept_distance[f - 1] = std::min(kept_distance[f - 1], kept_distance[f] + 1);
      for (std::size_t f = 0; f < frames_; ++f) {
        const double w = weight[f] * quintic(static_cast<double>(kept_distance[f]) / kCalmEase);
        if (w <= 0) continue;
        const Quat& now = clip_.frames[f].rotations[j];
        Eigen::Vector4d sum = Eigen::Vector4d::Zero();
        for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
          const double x = static_cast<double>(k) / kCalmSigma;
          const std::ptrdiff_t at = std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(f) + k, 0, last);
          const Quat q =
              motion::same_hemisphere(clip_.frames[static_cast<std::size_t>(at)].rotations[j], now);
          sum += std::exp(-0.5 * x * x) * q.coeffs().cast<double>();
        }
        const Eigen::Vector4d mixed = (1 - w) * now.coeffs().cast<double>() + w * sum.normalized();
        out.frames[f].rotations[j].coeffs() = mixed.normalized().cast<float>();
      }
    }
    return out;
  }

  // Gives 0 to all frames that are not within the reach of a given one.
  static void rest_far_away(LeastJerk& curve, const std::vector<std::size_t>& reach) {
    std::vector<std::uint8_t> near(curve.frames, 0);
    for (std::size_t f = 0; f < curve.frames; ++f) {
      if (!curve.given[f] || reach[f] == 0) continue;
      // Up to the next given frame is enough, and keeps this linear.
      for (std::size_t k = 1; k <= reach[f] && f + k < curve.frames && !curve.given[f + k]; ++k)
        near[f + k] = 1;
      for (std::size_t k = 1; k <= reach[f] && k <= f && !curve.given[f - k]; ++k) near[f - k] = 1;
    }
    for (std::size_t f = 0; f < curve.frames; ++f) {
      if (!curve.given[f] && !near[f]) curve.given[f] = 1;
    }
  }

  // ---- height
  // -------------------------------------------------------------------------------------------------

  // The lowest point of the body stays as high as it was, and demanded heights are met.
  void keep_height() {
    std::vector<double> change(frames_, 0.0);
    for (std::size_t f = 0; f < frames_; ++f) {
      bool legs = false;
      for (std::size_t j : {motion::kPelvis, motion::kLHip, motion::kRHip, motion::kLKnee, motion::kRKnee,
                            motion::kLAnkle, motion::kRAnkle, motion::kLFoot, motion::kRFoot}) {
        legs = legs ||
               !clip_.frames[f].rotations[j].coeffs().isApprox(dance_.frames[f].rotations[j].coeffs(), 1e-6f);
      }
      if ((demands_.places[f] & Demands::kY) != 0) continue;
      if (!legs && clip_.frames[f].root.y() == dance_.frames[f].root.y()) continue;
      change[f] = static_cast<double>(motion::lowest_point(motion::joint_positions(dance_.frames[f])) -
                                      motion::lowest_point(motion::joint_positions(clip_.frames[f])));
    }
    change = smooth(change, 3);
    LeastJerk curve(frames_, 1);
    for (std::size_t f = 0; f < frames_; ++f) {
      clip_.frames[f].root.y() += static_cast<float>(change[f]);
    }
    bool any = false;
    for (std::size_t f = 0; f < frames_; ++f) {
      if ((demands_.places[f] & Demands::kY) == 0) continue;
      curve.given[f] = 1;
      curve.at(f, 0) = static_cast<double>(demands_.frames[f].root.y() - clip_.frames[f].root.y());
      any = any || curve.at(f, 0) != 0;
    }
    if (!any) return;
    std::vector<std::size_t> reach(frames_);
    for (std::size_t f = 0; f < frames_; ++f) reach[f] = std::max(pose_reach_[f], as_frames(kShortest));
    rest_far_away(curve, reach);
    keep_between(curve, kOvershoot, kSlackMetres);
    for (std::size_t f = 0; f < frames_; ++f) clip_.frames[f].root.y() += static_cast<float>(curve.at(f, 0));
  }

  // ---- place on the floor
  // -------------------------------------------------------------------------------------

  void place_root() {
    for (const int axis : {0, 2}) place_root(axis);
  }

  void place_root(int axis) {
    const auto bit = static_cast<std::uint8_t>(1 << axis);
    LeastJerk curve(frames_, 1);
    bool any = false;
    for (std::size_t f = 0; f < frames_; ++f) {
      if ((demands_.places[f] & bit) == 0) continue;
      curve.given[f] = 1;
      curve.at(f, 0) = static_cast<double>(demands_.frames[f].root[axis] - dance_.frames[f].root[axis]);
      any = any || std::abs(curve.at(f, 0)) > 1e-6;
    }
    if (!any) return;
    for (std::size_t r = 0; r < spans_.size(); ++r) {
      if ((constraints_.kept[r].joints & kPelvisBit) == 0) continue;
      fade_velocity(curve, r, axis, -1);
      fade_velocity(curve, r, axis, 1);
    }
    std::vector<std::size_t> reach(frames_, 0);
    for (std::size_t f = 0; f < frames_; ++f) {
      const double size = std::abs(curve.at(f, 0));
      if (curve.given[f]) {
        reach[f] = as_frames(std::clamp(1.875 * size / kDragSpeed, kPlaceShortest, kPlaceLongest));
      }
    }
    std::vector<std::uint8_t> path_frames(frames_, 0);
    follow_path(curve, axis, path_frames);
    const std::vector<std::uint8_t> demanded_frames = curve.given;
    rest_far_away(curve, reach);
    for (std::size_t f = 0; f < frames_; ++f) {
      if (path_frames[f] && !demanded_frames[f]) curve.given[f] = 0;
    }
    curve.drag.assign(frames_, 0.0);
    for (std::size_t f = 1; f < frames_; ++f) {
      const auto& c = dance_.frames[f].contacts;
      const int standing =
          static_cast<int>(std::max(c[0], c[1]) >= 0.5f) + static_cast<int>(std::max(c[2], c[3]) >= 0.5f);
      if (!path_frames[f]) curve.drag[f] = kStandDrag * (standing == 2 ? 1.0 : standing == 1 ? 0.5 : 0.02);
    }
    keep_between(curve, kOvershoot, kSlackMetres);
    for (std::size_t f = 0; f < frames_; ++f) {
      clip_.frames[f].root[axis] =
          static_cast<float>(static_cast<double>(dance_.frames[f].root[axis]) + curve.at(f, 0));
    }
  }

  // Beyond a kept range the root goes on with that dance's velocity, which turns into this dance's.
  void fade_velocity(LeastJerk& curve, std::size_t r, int axis, int direction) {
    const auto edge = static_cast<std::ptrdiff_t>(direction < 0 ? spans_[r].begin : spans_[r].end - 1);
    std::ptrdiff_t room = 0;  // half way to the next demand
    for (std::ptrdiff_t f = edge + direction;
         f >= 0 && f < static_cast<std::ptrdiff_t>(frames_) &&
         room < 2 * static_cast<std::ptrdiff_t>(kVelocityFade) && !curve.given[static_cast<std::size_t>(f)];
         f += direction) {
      ++room;
    }
    // Where there is no room for that, the least-jerk curve leads straight over.
    const auto fade = static_cast<std::ptrdiff_t>(kVelocityFade);
    const std::ptrdiff_t length = room < fade ? 0 : std::min(room / 2, fade);
    double offset = curve.at(static_cast<std::size_t>(edge), 0);
    for (std::ptrdiff_t n = 1; n <= length; ++n) {
      const std::ptrdiff_t f = edge + direction * n;
      const double weight = 1 - quintic((static_cast<double>(n) - 0.5) / static_cast<double>(length));
      const double of_source = source_root(r, f)[axis] - source_root(r, f - direction)[axis];
      const double of_dance =
          static_cast<double>(dance_.frames[static_cast<std::size_t>(f)].root[axis] -
                              dance_.frames[static_cast<std::size_t>(f - direction)].root[axis]);
      offset += weight * (of_source - of_dance);
      curve.given[static_cast<std::size_t>(f)] = 1;
      curve.at(static_cast<std::size_t>(f), 0) = offset;
    }
  }

  void follow_path(LeastJerk& curve, int axis, std::vector<std::uint8_t>& path_frames) const {
    if (constraints_.path.size() < 2) return;
    std::vector<double> times, places, travel(frames_);
    for (const PathPoint& p : constraints_.path) {
      times.push_back(static_cast<double>(std::min(as_frames(p.time), frames_ - 1)));
      places.push_back(static_cast<double>(axis == 0 ? p.x : p.z));
    }
    for (std::size_t f = 0; f < frames_; ++f) travel[f] = static_cast<double>(dance_.frames[f].root[axis]);
    travel = smooth(travel, kSwaySigma);
    const MonotoneCubic path(times, places);
    curve.pull.assign(frames_, 0.0);
    curve.wanted.assign(frames_, 0.0);
    for (auto f = static_cast<std::size_t>(times.front()); f <= static_cast<std::size_t>(times.back()); ++f) {
      path_frames[f] = 1;
      if (curve.given[f]) continue;
      curve.pull[f] = kPathPull;
      curve.wanted[f] = path(static_cast<double>(f)) - travel[f];
    }
  }

  // ---- feet
  // ---------------------------------------------------------------------------------------------------

  // When and where the feet of a clip stand by themselves.
  static Footing standing(const Clip& clip, motion::FootLock mode) {
    Footing out;
    out.stands.assign(clip.size(), 0);
    out.ball = {std::vector<Vec3>(clip.size()), std::vector<Vec3>(clip.size())};
    std::vector<motion::Pose> poses;
    poses.reserve(clip.size());
    for (const Frame& frame : clip.frames) poses.push_back(motion::world_pose(frame));
    for (std::size_t side = 0; side < 2; ++side) {
      for (std::size_t f = 0; f < clip.size(); ++f) {
        out.ball[side][f] = poses[f].positions[side == 0 ? motion::kLFoot : motion::kRFoot];
      }
      for (const motion::Plant& plant : motion::find_plants(clip, poses, side == 0, mode)) {
        for (std::size_t f = plant.begin; f < plant.end; ++f)
          out.stands[f] |= static_cast<std::uint8_t>(1u << side);
      }
    }
    return out;
  }

  // Of a kept leg's foot its own dance says when it stands, half way into the fades too.
  Footing footing(motion::FootLock mode) const {
    Footing out = standing(dance_, mode);
    std::array<std::vector<int>, 2> source;  // dance that says it, -1: this one
    source.fill(std::vector<int>(frames_, -1));
    for (std::size_t r = 0; r < spans_.size(); ++r) {
      const KeptRange& range = constraints_.kept[r];
      const std::size_t before = fades_[r][0] / 2, after = fades_[r][1] / 2;
      const std::size_t begin = spans_[r].begin - std::min(spans_[r].begin, before);
      const std::size_t end =
          std::min({spans_[r].end + after, frames_, constraints_.dances[range.dance].size()});
      for (std::size_t side = 0; side < 2; ++side) {
        if ((range.joints & kLegBits[side]) != kLegBits[side]) continue;
        for (std::size_t f = begin; f < end; ++f) source[side][f] = static_cast<int>(range.dance);
      }
    }
    for (std::size_t d = 0; d < constraints_.dances.size(); ++d) {
      const auto here = [&](std::size_t side, std::size_t f) {
        return source[side][f] == static_cast<int>(d);
      };
      Footing theirs;
      for (std::size_t side = 0; side < 2; ++side) {
        const auto bit = static_cast<std::uint8_t>(1u << side);
        for (std::size_t f = 0; f < frames_; ++f) {
          if (!here(side, f)) continue;
          if (theirs.stands.empty()) theirs = standing(constraints_.dances[d], mode);
          out.stands[f] = static_cast<std::uint8_t>((out.stands[f] & ~bit) | (theirs.stands[f] & bit));
          out.ball[side][f] = theirs.ball[side][f];
        }
      }
    }
    // The ball's way without the jumps from one dance to another.
    for (std::size_t side = 0; side < 2; ++side) {
      std::vector<Vec3>& ball = out.ball[side];
      Vec3 jumps = Vec3::Zero();
      Vec3 last = ball.empty() ? Vec3(Vec3::Zero()) : ball[0];
      for (std::size_t f = 1; f < frames_; ++f) {
        const Vec3 now = ball[f];
        if (source[side][f] != source[side][f - 1]) jumps += last - now;
        last = now;
        ball[f] += Vec3(jumps.x(), 0, jumps.z());
      }
    }
    return out;
  }

  void stand(motion::FootLock mode) {
    std::vector<std::uint8_t> changed(frames_, 0);
    Footing footing = this->footing(mode);
    footing.foot.assign(frames_, 0);
    footing.body.assign(frames_, 0);
    for (std::size_t f = 0; f < frames_; ++f) {
      const Frame &now = clip_.frames[f], &was = dance_.frames[f];
      changed[f] = (now.root - was.root).norm() > 1e-5f;
      for (std::size_t j : {motion::kPelvis, motion::kLHip, motion::kRHip, motion::kLKnee, motion::kRKnee,
                            motion::kLAnkle, motion::kRAnkle, motion::kLFoot, motion::kRFoot}) {
        if (!now.rotations[j].coeffs().isApprox(was.rotations[j].coeffs(), 1e-5f)) changed[f] = 1;
      }
      footing.body[f] = (demands_.places[f] & (Demands::kX | Demands::kY | Demands::kZ)) != 0;
      for (std::size_t side = 0; side < 2; ++side) {
        if ((demands_.joints[f] & kLegBits[side]) != 0)
          footing.foot[f] |= static_cast<std::uint8_t>(1u << side);
      }
      if (const int r = keeper(f, motion::kLAnkle); r >= 0) {
        clip_.frames[f].contacts =
            constraints_.dances[constraints_.kept[static_cast<std::size_t>(r)].dance].frames[f].contacts;
      }
    }
    if (mode == motion::FootLock::off) return;
    for (std::size_t f = 0; f < frames_;) {
      if (!changed[f]) {
        ++f;
        continue;
      }
      std::size_t last = f;
      for (std::size_t k = f; k < frames_ && k <= last + 2 * kReplantMargin; ++k) {
        if (changed[k]) last = k;
      }
      replant_window(f - std::min(f, kReplantMargin), std::min(frames_, last + 1 + kReplantMargin), footing);
      f = last + 1;
    }
  }

  // On a copy with some frames around, so that the cost does not grow with the number of windows.
  void replant_window(std::size_t begin, std::size_t end, const Footing& footing) {
    const std::size_t from = begin - std::min(begin, kReplantMargin),
                      to = std::min(frames_, end + kReplantMargin);
    const auto cut = [&](const auto& v) {
      return std::decay_t<decltype(v)>(v.begin() + static_cast<std::ptrdiff_t>(from),
                                       v.begin() + static_cast<std::ptrdiff_t>(to));
    };
    Clip window;
    window.fps = clip_.fps;
    window.frames.assign(clip_.frames.begin() + static_cast<std::ptrdiff_t>(from),
                         clip_.frames.begin() + static_cast<std::ptrdiff_t>(to));
    replant(window, begin - from, end - from,
            {cut(footing.stands),
             cut(footing.foot),
             cut(footing.body),
             {cut(footing.ball[0]), cut(footing.ball[1])}});
    std::copy(window.frames.begin() + static_cast<std::ptrdiff_t>(begin - from),
              window.frames.begin() + static_cast<std::ptrdiff_t>(end - from),
              clip_.frames.begin() + static_cast<std::ptrdiff_t>(begin));
  }

  // What is left are rounding errors.
  void snap() {
    for (std::size_t f = 0; f < frames_; ++f) {
      Frame& frame = clip_.frames[f];
      for (std::size_t j = 0; j < motion::kJoints; ++j) {
        if (demanded(f, j)) {
          frame.rotations[j] = motion::same_hemisphere(demands_.frames[f].rotations[j], frame.rotations[j]);
        }
      }
      for (int axis = 0; axis < 3; ++axis) {
        if ((demands_.places[f] >> axis & 1) != 0) frame.root[axis] = demands_.frames[f].root[axis];
      }
    }
  }

  Clip& clip_;
  const Clip dance_;  // as it was
  Clip base_;         // before kept ranges were faded in
  const Constraints& constraints_;
  const Demands demands_;
  std::size_t frames_;
  double budget_ = 0;  // m/s^3
  std::vector<Span> spans_;
  std::vector<std::array<std::size_t, 2>> fades_;  // frames, per kept range: before it, after it
  std::vector<std::size_t> pose_reach_;
};

}  // namespace

Status apply_constraints(Clip& clip, const Constraints& constraints, motion::FootLock foot_lock) {
  if (auto s = validate(constraints, clip.size()); !s) return s;
  if (constraints.empty()) return ok_status();
  if (clip.fps != static_cast<float>(limits::kFps)) {
    return Error{ErrorCode::invalid_argument, "constraints act on dances of 30 frames per second"};
  }
  Blend(clip, constraints).run(foot_lock);
  return ok_status();
}

BlendJerk blend_jerk(const Clip& before, const Clip& after, const Demands& demands) {
  BlendJerk out;
  const std::vector<double> was = jerks(before), is = jerks(after);
  if (was.empty() || is.size() != was.size() || demands.joints.size() != before.size()) return out;
  const std::size_t frames = demands.joints.size(), reach = as_frames(0.5);
  const auto demanded = [&](std::size_t f) { return demands.joints[f] != 0 || demands.places[f] != 0; };
  std::vector<std::uint8_t> near(was.size(), 0);
  for (std::size_t f = 0; f < frames; ++f) {
    const bool inside = f > 0 && f + 1 < frames && demanded(f - 1) && demanded(f + 1);
    if (!demanded(f) || inside) continue;
    // Frames f - reach to f + reach: differences that begin at f - reach to f + reach - 3.
    for (std::size_t k = f - std::min(f, reach); k + 3 <= f + reach && k < was.size(); ++k) near[k] = 1;
  }
  double sum = 0, sum_before = 0, peak = 0;
  std::size_t count = 0;
  for (std::size_t k = 0; k < was.size(); ++k) {
    if (!near[k]) continue;
    sum += is[k];
    sum_before += was[k];
    peak = std::max(peak, is[k]);
    ++count;
  }
  if (count == 0) return out;
  std::vector<double> peaks;
  for (std::size_t f = 0; f < was.size(); ++f) {
    const std::size_t begin = f - std::min(f, reach), end = std::min(was.size(), f + reach - 2);
    peaks.push_back(*std::max_element(was.begin() + static_cast<std::ptrdiff_t>(begin),
                                      was.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  std::sort(peaks.begin(), peaks.end());
  const double usual_peak = peaks[(peaks.size() - 1) * 95 / 100];
  const double usual = mean(was);
  const auto n = static_cast<double>(count);
  out.mean_ratio = usual > 0 ? sum / n / usual : 0;
  out.peak_ratio = usual_peak > 0 ? peak / usual_peak : 0;
  out.added_ratio = sum_before > 0 ? sum / sum_before : 0;
  return out;
}

}  // namespace terpsi::generate
