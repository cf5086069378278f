#include <algorithm>
#include <cmath>

#include "base/curves.h"
#include "base/monotone_cubic.h"
#include "generate/constrain/blend_kept.h"
#include "generate/constrain/blend_steps.h"
#include "motion/floor.h"
#include "motion/kinematics.h"

namespace terpsi::generate {
namespace {

// m/s, the fastest that a fading place moves unless it would take kLongestPlaceFade.
constexpr double kDragSpeed = 0.25;
constexpr double kShortestPlaceFade = 1.0;  // seconds
constexpr double kSlackMetres = 0.01;
constexpr double kStandDrag = 1.5e-5;  // of a planted foot: shifts the place's movement by up to 16 frames
// Frames in which the root's velocity turns from one dance's to the other's.
constexpr std::size_t kVelocityFade = 20;

// Beyond a kept range the root goes on with that dance's velocity, which turns into this dance's.
void fade_velocity(const BlendState& s, LeastJerk& curve, std::size_t r, int axis, int direction) {
  const auto edge = static_cast<std::ptrdiff_t>(direction < 0 ? s.spans[r].begin : s.spans[r].end - 1);
  std::ptrdiff_t room = 0;  // half way to the next demand
  for (std::ptrdiff_t f = edge + direction;
       f >= 0 && f < static_cast<std::ptrdiff_t>(s.frames) &&
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
    const double weight = 1 - minimum_jerk((static_cast<double>(n) - 0.5) / static_cast<double>(length));
    const double of_source = source_root(s, r, f)[axis] - source_root(s, r, f - direction)[axis];
    const double of_dance =
        static_cast<double>(s.dance.frames[static_cast<std::size_t>(f)].root[axis] -
                            s.dance.frames[static_cast<std::size_t>(f - direction)].root[axis]);
    offset += weight * (of_source - of_dance);
    curve.given[static_cast<std::size_t>(f)] = 1;
    curve.at(static_cast<std::size_t>(f), 0) = offset;
  }
}

void follow_path(const BlendState& s, LeastJerk& curve, int axis, std::vector<std::uint8_t>& path_frames) {
  if (s.constraints.path.size() < 2) return;
  std::vector<double> times, places, travel(s.frames);
  for (const PathPoint& p : s.constraints.path) {
    times.push_back(static_cast<double>(std::min(to_frame(p.time), s.frames - 1)));
    places.push_back(static_cast<double>(axis == 0 ? p.x : p.z));
  }
  for (std::size_t f = 0; f < s.frames; ++f) travel[f] = static_cast<double>(s.dance.frames[f].root[axis]);
  travel = smooth(travel, kSwaySigma);
  const MonotoneCubic path(times, places);
  curve.pull.assign(s.frames, 0.0);
  curve.wanted.assign(s.frames, 0.0);
  for (auto f = static_cast<std::size_t>(times.front()); f <= static_cast<std::size_t>(times.back()); ++f) {
    path_frames[f] = 1;
    if (curve.given[f]) continue;
    curve.pull[f] = kPathPull;
    curve.wanted[f] = path(static_cast<double>(f)) - travel[f];
  }
}

void place_root(BlendState& s, int axis) {
  const auto bit = static_cast<std::uint8_t>(1 << axis);
  LeastJerk curve(s.frames, 1);
  bool any = false;
  for (std::size_t f = 0; f < s.frames; ++f) {
    if ((s.demands.places[f] & bit) == 0) continue;
    curve.given[f] = 1;
    curve.at(f, 0) = static_cast<double>(s.demands.frames[f].root[axis] - s.dance.frames[f].root[axis]);
    any = any || std::abs(curve.at(f, 0)) > 1e-6;
  }
  if (!any) return;
  for (std::size_t r = 0; r < s.spans.size(); ++r) {
    if ((s.constraints.kept[r].joints & kPelvisJoint) == 0) continue;
    fade_velocity(s, curve, r, axis, -1);
    fade_velocity(s, curve, r, axis, 1);
  }
  std::vector<std::size_t> reach(s.frames, 0);
  for (std::size_t f = 0; f < s.frames; ++f) {
    const double size = std::abs(curve.at(f, 0));
    if (curve.given[f]) {
      reach[f] = to_frame(std::clamp(1.875 * size / kDragSpeed, kShortestPlaceFade, kLongestPlaceFade));
    }
  }
  std::vector<std::uint8_t> path_frames(s.frames, 0);
  follow_path(s, curve, axis, path_frames);
  const std::vector<std::uint8_t> demanded_frames = curve.given;
  rest_far_away(curve, reach);
  for (std::size_t f = 0; f < s.frames; ++f) {
    if (path_frames[f] && !demanded_frames[f]) curve.given[f] = 0;
  }
  curve.drag.assign(s.frames, 0.0);
  for (std::size_t f = 1; f < s.frames; ++f) {
    const auto& c = s.dance.frames[f].contacts;
    const int standing =
        static_cast<int>(std::max(c[0], c[1]) >= 0.5f) + static_cast<int>(std::max(c[2], c[3]) >= 0.5f);
    if (!path_frames[f]) curve.drag[f] = kStandDrag * (standing == 2 ? 1.0 : standing == 1 ? 0.5 : 0.02);
  }
  keep_between(curve, kOvershoot, kSlackMetres);
  for (std::size_t f = 0; f < s.frames; ++f) {
    s.clip.frames[f].root[axis] =
        static_cast<float>(static_cast<double>(s.dance.frames[f].root[axis]) + curve.at(f, 0));
  }
}

}  // namespace

void keep_height(BlendState& s) {
  std::vector<double> change(s.frames, 0.0);
  for (std::size_t f = 0; f < s.frames; ++f) {
    bool legs = false;
    for (std::size_t j : kLowerBody) {
      legs = legs ||
             !s.clip.frames[f].rotations[j].coeffs().isApprox(s.dance.frames[f].rotations[j].coeffs(), 1e-6f);
    }
    if ((s.demands.places[f] & Demands::kY) != 0) continue;
    if (!legs && s.clip.frames[f].root.y() == s.dance.frames[f].root.y()) continue;
    change[f] = static_cast<double>(motion::lowest_point(motion::joint_positions(s.dance.frames[f])) -
                                    motion::lowest_point(motion::joint_positions(s.clip.frames[f])));
  }
  change = smooth(change, 3);
  LeastJerk curve(s.frames, 1);
  for (std::size_t f = 0; f < s.frames; ++f) {
    s.clip.frames[f].root.y() += static_cast<float>(change[f]);
  }
  bool any = false;
  for (std::size_t f = 0; f < s.frames; ++f) {
    if ((s.demands.places[f] & Demands::kY) == 0) continue;
    curve.given[f] = 1;
    curve.at(f, 0) = static_cast<double>(s.demands.frames[f].root.y() - s.clip.frames[f].root.y());
    any = any || curve.at(f, 0) != 0;
  }
  if (!any) return;
  std::vector<std::size_t> reach(s.frames);
  for (std::size_t f = 0; f < s.frames; ++f) reach[f] = std::max(s.pose_reach[f], to_frame(kShortestFade));
  rest_far_away(curve, reach);
  keep_between(curve, kOvershoot, kSlackMetres);
  for (std::size_t f = 0; f < s.frames; ++f) s.clip.frames[f].root.y() += static_cast<float>(curve.at(f, 0));
}

void place_root(BlendState& s) {
  for (const int axis : {0, 2}) place_root(s, axis);
}

}  // namespace terpsi::generate
