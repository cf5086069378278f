#include "generate/constrain/replant.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/curves.h"
#include "generate/constrain/least_jerk.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/two_bone.h"

namespace terpsi::generate {
namespace {

using motion::kLegs, motion::Pose, motion::Vec3;

constexpr std::size_t kEase = 8;      // frames over which a correction fades where nothing else wants it
constexpr std::size_t kStep = 10;     // frames of a step from one place to the next
constexpr std::size_t kShortest = 4;  // frames a foot stands at least between two steps
constexpr float kHold = 0.20f;        // metres of drift within one place
constexpr float kLetGo = 0.40f;  // metres of drift within one place that no leg can hold: the foot goes along
constexpr float kLiftShare = 0.25f;    // a step rises by this share of its length ...
constexpr float kMostLift = 0.05f;     // ... at most this much, metres
constexpr float kSmooth = 4.f;         // frames, standard deviation with which the body sinks
constexpr float kMostDrop = 0.08f;     // metres the body may sink for a leg that cannot reach
constexpr std::size_t kBodyEase = 12;  // frames around a fixed one in which the body comes to rest
constexpr float kInAir = 0.03f;        // metres above where it stood that a held foot no longer stands
constexpr float kBent = 0.97f;         // share of its length up to which a leg reaches without delay
constexpr double kMostOvershoot = 1.25;

struct Place {
  std::size_t begin, end;  // frames [begin, end)
  Vec3 shift;              // how far from Footing::ball the foot stands, in the plane
  bool stepped;            // it came here by a step that the dance did not make
};

float level(const Vec3& v) {
  return std::hypot(v.x(), v.z());
}

// Places of a foot that stands in [begin, end) while the body carries it along, `drag` off its ball's own
// way; at its ends it may have to be where neighbouring frames have it.
void add_places(std::vector<Place>& out, const std::vector<Vec3>& drag, std::size_t begin, std::size_t end,
                const Vec3* before, const Vec3* after) {
  std::vector<float> way(end - begin, 0.f);
  for (std::size_t i = begin + 1; i < end; ++i)
    way[i - begin] = way[i - begin - 1] + level(drag[i] - drag[i - 1]);
  // As many places as keep the drift within kHold, as far as there is time for the steps between them.
  const auto wanted = static_cast<std::size_t>(std::ceil(way.back() / kHold));
  const std::size_t time_for = (end - begin + kStep) / (kShortest + kStep);
  const std::size_t least = before != nullptr && after != nullptr && level(*before - *after) > 0.01f ? 2 : 1;
  const std::size_t places = std::clamp<std::size_t>(wanted, least, std::max(least, time_for));
  if (way.back() / static_cast<float>(places) > kLetGo) return;
  std::size_t from = begin;
  for (std::size_t k = 0; k < places; ++k) {
    const float until = way.back() * static_cast<float>(k + 1) / static_cast<float>(places);
    std::size_t to = from;
    while (to < end && (k + 1 == places || way[to - begin] <= until)) ++to;
    const std::size_t first = k == 0 ? from : std::min(to, from + kStep / 2);
    const std::size_t last = k + 1 == places ? to : std::max(first, to - std::min(to, kStep / 2));
    Vec3 shift = drag[std::min((from + to) / 2, end - 1)];
    if (k == 0 && before != nullptr) shift = *before;
    if (k + 1 == places && after != nullptr) shift = *after;
    if (last > first) out.push_back({first, last, shift, k > 0});
    from = to;
  }
}

// What is added to the foot in each frame.
struct Shift {
  std::vector<Vec3> shift;
  std::vector<float> weight;  // 1 where it stands
};

class Foot {
 public:
  Foot(const std::vector<Vec3>& ball, std::size_t side, std::size_t begin, std::size_t end,
       const Footing& footing)
      : frames_(ball.size()), ball_(ball), drag_(ball), stands_(frames_), fixed_(frames_), outside_(frames_) {
    for (std::size_t i = 0; i < frames_; ++i) {
      drag_[i] -= footing.ball[side][i];
      stands_[i] = footing.stands[i] >> side & 1;
      fixed_[i] = footing.foot[i] >> side & 1;
      outside_[i] = i < begin || i >= end;
    }
    // A leg that is held in the air cannot stand just before and after.
    const std::vector<std::uint8_t> dance_stands = stands_;
    for (std::size_t i = 0; i < frames_; ++i) {
      if (!fixed_[i] || !dance_stands[i] || std::abs(drag_[i].y()) < kInAir) continue;
      for (std::size_t k = i - std::min(i, kEase); k < std::min(frames_, i + kEase + 1); ++k) stands_[k] = 0;
    }
  }

  Shift shift() const {
    Shift out{std::vector<Vec3>(frames_, Vec3::Zero()), std::vector<float>(frames_, 0.f)};
    const std::vector<Place> places = find_places();
    LeastJerk plane(frames_, 2), height(frames_, 1);
    std::vector<std::uint8_t> near(frames_, 0), near_fixed(frames_, 0);
    for (std::size_t i = 0; i < frames_; ++i) {
      if (fixed_[i]) mark(near_fixed, i, i + 1, kEase);
    }
    for (const Place& place : places) {
      mark(near, place.begin, place.end, kEase);
      for (std::size_t i = place.begin; i < place.end; ++i) {
        if (outside_[i]) continue;
        give(plane, i, {place.shift.x() - drag_[i].x(), place.shift.z() - drag_[i].z()});
        if (!near_fixed[i]) give(height, i, {-drag_[i].y()});
        out.weight[i] = 1;
      }
    }
    for (std::size_t i = 0; i < frames_; ++i) {
      const bool rest = outside_[i] || fixed_[i];
      if (rest || (!near[i] && !plane.given[i])) give(plane, i, {0.f, 0.f});
      if (rest || (!near[i] && !height.given[i])) give(height, i, {0.f});
    }
    keep_between(plane, kMostOvershoot, 0.005);
    keep_between(height, kMostOvershoot, 0.005);
    for (std::size_t i = 0; i < frames_; ++i) {
      out.shift[i] = Eigen::Vector3d(plane.at(i, 0), height.at(i, 0), plane.at(i, 1)).cast<float>();
    }
    lift_steps(places, out);
    stay_above_floor(out);
    return out;
  }

  bool touchable(std::size_t i) const { return !outside_[i] && !fixed_[i]; }

 private:
  static void mark(std::vector<std::uint8_t>& frames, std::size_t begin, std::size_t end,
                   std::size_t around) {
    for (std::size_t k = begin - std::min(begin, around); k < std::min(frames.size(), end + around); ++k)
      frames[k] = 1;
  }

  static void give(LeastJerk& curve, std::size_t frame, std::initializer_list<float> values) {
    curve.given[frame] = 1;
    std::size_t c = 0;
    for (const float v : values) curve.at(frame, c++) = static_cast<double>(v);
  }

  // Where the foot stands when; stretches in which the leg must not be touched decide for what is next to
  // them.
  std::vector<Place> find_places() const {
    std::vector<Place> out;
    for (std::size_t i = 0; i < frames_;) {
      if (!stands_[i] || fixed_[i]) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < frames_ && stands_[end] && !fixed_[end]) ++end;
      // Too close to such a stretch there is no time to get anywhere else.
      const Vec3 *before = nullptr, *after = nullptr;
      for (std::size_t k = 1; k <= std::min(i, kEase) && before == nullptr; ++k) {
        if (fixed_[i - k]) before = &drag_[i - k];
      }
      for (std::size_t k = 0; k < kEase && end + k < frames_ && after == nullptr; ++k) {
        if (fixed_[end + k]) after = &drag_[end + k];
      }
      add_places(out, drag_, i, end, before, after);
      i = end;
    }
    return out;
  }

  void lift_steps(const std::vector<Place>& places, Shift& out) const {
    for (std::size_t p = 1; p < places.size(); ++p) {
      const Place &before = places[p - 1], &after = places[p];
      if (!after.stepped) continue;
      const float lift = std::min(kMostLift, kLiftShare * level(after.shift - before.shift));
      for (std::size_t i = before.end; i < after.begin; ++i) {
        const float u =
            static_cast<float>(i + 1 - before.end) / static_cast<float>(after.begin - before.end + 1);
        if (touchable(i)) out.shift[i].y() += lift * 64 * u * u * u * (1 - u) * (1 - u) * (1 - u);
      }
    }
  }

  void stay_above_floor(Shift& out) const;

  std::size_t frames_;
  const std::vector<Vec3>& ball_;
  std::vector<Vec3> drag_;
  std::vector<std::uint8_t> stands_, fixed_, outside_;
};

std::vector<float> gaussian_kernel(float sigma) {
  std::vector<float> kernel;
  float total = 0;
  for (float x = -std::ceil(3 * sigma); x <= 3 * sigma; x += 1) {
    kernel.push_back(std::exp(-0.5f * x * x / (sigma * sigma)));
    total += kernel.back();
  }
  for (float& k : kernel) k /= total;
  return kernel;
}

template <class T>
std::vector<T> smoothed(const std::vector<T>& values, float sigma, T zero) {
  const std::vector<float> kernel = gaussian_kernel(sigma);
  const auto half = static_cast<std::ptrdiff_t>(kernel.size() / 2),
             last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  std::vector<T> out(values.size(), zero);
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    T sum = zero;
    for (std::ptrdiff_t k = -half; k <= half; ++k) {
      sum += kernel[static_cast<std::size_t>(k + half)] *
             values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last))];
    }
    out[static_cast<std::size_t>(i)] = sum;
  }
  return out;
}

// 0 where `held`, 1 farther than kBodyEase away, C2 between.
std::vector<float> freedom(const std::vector<std::uint8_t>& held) {
  const std::size_t frames = held.size();
  std::vector<float> distance(frames, static_cast<float>(kBodyEase));
  for (std::size_t i = 0; i < frames; ++i) {
    if (held[i]) distance[i] = 0;
    if (i > 0) distance[i] = std::min(distance[i], distance[i - 1] + 1);
  }
  for (std::size_t i = frames; i-- > 1;) distance[i - 1] = std::min(distance[i - 1], distance[i] + 1);
  for (float& d : distance) d = minimum_jerk(d / static_cast<float>(kBodyEase));
  return distance;
}

// A smooth curve that is about as high as `needs` where these are high.
std::vector<float> cover(const std::vector<float>& needs) {
  constexpr std::size_t kReach = 3;
  std::vector<float> widest(needs.size(), 0.f);
  for (std::size_t i = 0; i < needs.size(); ++i) {
    for (std::size_t k = i - std::min(i, kReach); k < std::min(needs.size(), i + kReach + 1); ++k) {
      widest[i] = std::max(widest[i], needs[k]);
    }
  }
  return smoothed(widest, 2.f, 0.f);
}

void Foot::stay_above_floor(Shift& out) const {
  std::vector<float> below(frames_, 0.f);
  std::vector<std::uint8_t> held(frames_, 0);
  for (std::size_t i = 0; i < frames_; ++i) {
    held[i] = !touchable(i);
    if (held[i] || out.weight[i] > 0) continue;
    below[i] = std::max(0.f, motion::kFootRestHeight - ball_[i].y() - out.shift[i].y());
  }
  below = cover(below);
  const std::vector<float> free = freedom(held);
  for (std::size_t i = 0; i < frames_; ++i) out.shift[i].y() += free[i] * below[i];
}

// How far a leg may reach that reached `before` and wants to reach `wanted`: all the way up to kBent of its
// length, beyond that less and less, so that the knee does not snap straight.
float soft_reach(float before, float wanted) {
  const float from = std::max(before, kBent * motion::leg_length());
  const float room = std::max(1e-4f, 0.9995f * motion::leg_length() - from);
  return wanted <= from ? wanted : from + room * (1 - std::exp(-(wanted - from) / room));
}

// Puts the ankle of one leg at `wanted`, the foot keeping its orientation.
void bend_leg(motion::WorldRotations& world, const Pose& pose, const motion::Leg& leg, const Vec3& moved,
              const Vec3& wanted) {
  const Vec3 hip = pose.positions[leg.hip], knee = pose.positions[leg.knee],
             ankle = pose.positions[leg.ankle];
  const Vec3 along = motion::unit_or(ankle - hip, -Vec3::UnitY());
  const Vec3 aside = knee - hip - along.dot(knee - hip) * along;
  const float straight = 1 - std::min(1.f, aside.norm() / 0.03f);
  motion::LegTarget target;
  target.hip = hip + moved;
  target.reach = soft_reach((ankle - hip).norm(), (wanted - target.hip).norm());
  target.ankle = wanted;
  target.pole = aside + 0.03f * straight * (world[leg.hip] * Vec3::UnitZ());
  const motion::LegSolution solution = motion::solve_leg(target);
  motion::aim(world, leg.hip, leg.knee, solution.knee - target.hip);
  motion::aim(world, leg.knee, leg.ankle, solution.ankle - solution.knee);
}

}  // namespace

void replant(motion::Clip& clip, std::size_t begin, std::size_t end, const Footing& footing) {
  const std::size_t frames = clip.size();
  if (frames < 3 || end <= begin) return;
  const std::vector<Pose> poses = motion::world_poses(clip);

  std::array<Shift, 2> feet;
  for (std::size_t side = 0; side < 2; ++side) {
    std::vector<Vec3> ball(frames);
    for (std::size_t i = 0; i < frames; ++i) ball[i] = poses[i].positions[kLegs[side].ball];
    feet[side] = Foot(ball, side, begin, end, footing).shift();
  }

  // The body sinks where a leg that stands cannot reach.
  std::vector<std::uint8_t> held(frames, 0);
  std::vector<float> drop(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    held[i] = i < begin || i >= end || footing.body[i] || footing.foot[i];
    for (std::size_t side = 0; side < 2; ++side) {
      const Vec3 hip = poses[i].positions[kLegs[side].hip], ankle = poses[i].positions[kLegs[side].ankle];
      const Vec3 line = ankle + feet[side].shift[i] - hip;
      const float reach = std::max((ankle - hip).norm(), (0.5f + 0.5f * kBent) * motion::leg_length());
      const float away = level(line), span = std::sqrt(std::max(0.f, reach * reach - away * away));
      drop[i] = std::max(drop[i], feet[side].weight[i] * std::clamp(-line.y() - span, 0.f, kMostDrop));
    }
  }
  drop = smoothed(drop, kSmooth, 0.f);
  const std::vector<float> free = freedom(held);

  for (std::size_t i = begin; i < end; ++i) {
    const Vec3 moved(0, -free[i] * drop[i], 0);
    motion::WorldRotations world = poses[i].rotations;
    bool changed = false;
    for (std::size_t side = 0; side < 2; ++side) {
      if (feet[side].shift[i].norm() < 1e-6f && moved.norm() < 1e-6f) continue;
      bend_leg(world, poses[i], kLegs[side], moved,
               poses[i].positions[kLegs[side].ankle] + feet[side].shift[i]);
      changed = true;
    }
    if (!changed) continue;
    motion::Frame& frame = clip.frames[i];
    const motion::Frame before = frame;
    frame.root += moved;
    motion::set_world_rotations(frame, world);
    motion::match_signs(frame, before);
  }
}

}  // namespace terpsi::generate
