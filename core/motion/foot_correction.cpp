#include "motion/foot_correction.h"

#include <algorithm>
#include <cmath>

#include "motion/smoothing.h"

namespace terpsi::motion {

namespace {

constexpr float kEaseSeconds = 0.27f;  // a correction fades in and out over this long
constexpr float kLiftShare = 0.25f;    // a foot that steps to a new place rises by this share of the step ...
constexpr float kMostLift = 0.025f;    // ... at most this much, metres
constexpr float kMostSlope = 0.025f;  // metres per frame: how fast a fading correction may change at its ends
// Metres above its standing height of a travelling ball: the more, the farther the foot travels.
constexpr float kLeastClearance = 0.02f, kClearancePerMetre = 0.08f, kMostClearance = 0.047f;
constexpr float kStepSeconds = 0.3f;                       // half the longest step
constexpr float kTravels = 0.20f;                          // m/s from which a ball travels
constexpr float kSlow = 0.25f, kFast = 0.70f;              // m/s between which that clearance comes in
constexpr float kHeelClearance = 0.04f;                    // the same for the ankle, ...
constexpr float kHeelSlow = 0.20f, kHeelFast = 0.35f;      // ... and its speeds
constexpr float kBallReach = 0.034f, kHeelReach = 0.067f;  // seconds by which they lead and outlast the need

// Cubic with given ends and slopes per unit of u, u from 0 to 1.
Vec3 hermite(const Vec3& a, const Vec3& slope_a, const Vec3& b, const Vec3& slope_b, float u) {
  const float v = 1 - u;
  return v * v * (1 + 2 * u) * a + v * v * u * slope_a + u * u * (1 + 2 * v) * b - u * u * v * slope_b;
}

Vec3 limited(const Vec3& v, float most) {
  const float n = v.norm();
  return n > most ? Vec3(v * (most / n)) : v;
}

// Horizontal speed of each foot around each frame, the greater of the steps to and from it, m/s.
struct FootSpeed {
  std::vector<float> ball, mean;  // `mean`: of ankle and ball
};
FootSpeed foot_speed(const std::vector<Vec3>& ankle, const std::vector<Vec3>& ball,
                     const std::vector<Vec3>& shift, float fps) {
  const std::size_t frames = ball.size();
  FootSpeed out{std::vector<float>(frames, 0.f), std::vector<float>(frames, 0.f)};
  for (std::size_t i = 0; i + 1 < frames; ++i) {
    const Vec3 moved = shift[i + 1] - shift[i];
    const Vec3 a = ankle[i + 1] - ankle[i] + moved, b = ball[i + 1] - ball[i] + moved;
    const float of_ball = fps * std::hypot(b.x(), b.z());
    const float mean = 0.5f * (of_ball + fps * std::hypot(a.x(), a.z()));
    for (const std::size_t k : {i, i + 1}) {
      out.ball[k] = std::max(out.ball[k], of_ball);
      out.mean[k] = std::max(out.mean[k], mean);
    }
  }
  return out;
}

// Clearance of the ball in each frame, metres: by how far it gets in the plane within kStepSeconds before and
// after, as long as it travels.
std::vector<float> clearance(const std::vector<Vec3>& ball, const std::vector<Vec3>& shift,
                             const std::vector<float>& speed, float fps) {
  const std::size_t frames = ball.size(), most = as_frames(kStepSeconds, fps);
  std::vector<float> out(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    if (!(speed[i] > kTravels)) continue;
    std::size_t begin = i, end = i;
    while (begin > 0 && i - begin < most && speed[begin - 1] > kTravels) --begin;
    while (end + 1 < frames && end - i < most && speed[end + 1] > kTravels) ++end;
    float reach = 0;
    for (std::size_t k = begin; k <= end; ++k) {
      const Vec3 moved = ball[k] + shift[k] - ball[begin] - shift[begin];
      reach = std::max(reach, std::hypot(moved.x(), moved.z()));
    }
    out[i] = std::min(kMostClearance, kLeastClearance + kClearancePerMetre * reach);
  }
  return out;
}

}  // namespace

FootCorrection plant_foot(const std::vector<Vec3>& ball, const std::vector<Plant>& plants, float fps) {
  const std::size_t frames = ball.size();
  FootCorrection out{std::vector<Vec3>(frames, Vec3::Zero()), std::vector<float>(frames, 0.f),
                     std::vector<char>(frames, 0), std::vector<float>(frames, 0.f)};
  const std::size_t ease = std::max<std::size_t>(2, as_frames(kEaseSeconds, fps));
  for (const Plant& plant : plants)
    for (std::size_t i = plant.begin; i < plant.end; ++i) {
      out.shift[i] = plant.anchor - ball[i];
      out.weight[i] = 1;
      out.planted[i] = 1;
    }
  // The foot stands still in a plant, so the correction's slope at its edge is the opposite of the foot's
  // own.
  const auto slope_out = [&](const Plant& p) {
    return p.end - p.begin < 2 ? Vec3(Vec3::Zero())
                               : limited(out.shift[p.end - 1] - out.shift[p.end - 2], kMostSlope);
  };
  const auto slope_in = [&](const Plant& p) {
    return p.end - p.begin < 2 ? Vec3(Vec3::Zero())
                               : limited(out.shift[p.begin + 1] - out.shift[p.begin], kMostSlope);
  };
  const Vec3 zero = Vec3::Zero();
  for (std::size_t k = 0; k <= plants.size(); ++k) {
    const Plant* before = k > 0 ? &plants[k - 1] : nullptr;
    const Plant* after = k < plants.size() ? &plants[k] : nullptr;
    const std::size_t gap_begin = before ? before->end : 0, gap_end = after ? after->begin : frames;
    const std::size_t gap = gap_end - gap_begin;
    if (before && after && gap + 1 < 2 * ease) {
      const auto span = static_cast<float>(gap + 1);
      const Vec3 a = out.shift[before->end - 1], b = out.shift[after->begin];
      const float lift =
          after->stepped ? std::min(kMostLift, kLiftShare * (after->anchor - before->anchor).norm()) : 0.f;
      for (std::size_t i = 0; i < gap; ++i) {
        const float u = static_cast<float>(i + 1) / span;
        out.shift[gap_begin + i] = hermite(a, slope_out(*before) * span, b, slope_in(*after) * span, u);
        const float bump = std::sin(3.14159265f * u);
        out.shift[gap_begin + i].y() += lift * bump * bump;
        out.weight[gap_begin + i] = 1 - 0.5f * bump * bump;
      }
      continue;
    }
    const auto span = static_cast<float>(ease);
    for (std::size_t i = 0; before && i < std::min(gap, ease); ++i) {
      const float u = static_cast<float>(i + 1) / span;
      out.shift[gap_begin + i] +=
          hermite(out.shift[before->end - 1], slope_out(*before) * span, zero, zero, u);
      out.weight[gap_begin + i] += 1 - smoothstep(u);
    }
    for (std::size_t i = 0; after && i < std::min(gap, ease); ++i) {
      const float u = 1 - static_cast<float>(i + 1) / span;
      out.shift[gap_end - 1 - i] += hermite(zero, zero, out.shift[after->begin], slope_in(*after) * span, u);
      out.weight[gap_end - 1 - i] += smoothstep(u);
    }
  }
  return out;
}

void lift_travelling_foot(const std::vector<Vec3>& ankle, const std::vector<Vec3>& ball, float fps,
                          FootCorrection& correction) {
  const std::size_t frames = ball.size();
  const FootSpeed speed = foot_speed(ankle, ball, correction.shift, fps);
  const std::vector<float> wanted = clearance(ball, correction.shift, speed.ball, fps);
  std::vector<float> needs(frames, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    const float height = ball[i].y() - kFootRestHeight + correction.shift[i].y();
    needs[i] = std::max(0.f, wanted[i] * smoothstep(speed.ball[i], kSlow, kFast) - height);
  }
  const std::vector<float> rise = smooth_envelope(needs, as_frames(kBallReach, fps));
  for (std::size_t i = 0; i < frames; ++i) {
    correction.shift[i].y() += rise[i];
    const float height = ankle[i].y() - kAnkleRestHeight + correction.shift[i].y();
    needs[i] = std::max(0.f, kHeelClearance * smoothstep(speed.mean[i], kHeelSlow, kHeelFast) - height);
  }
  correction.heel_rise = smooth_envelope(needs, as_frames(kHeelReach, fps));
}

}  // namespace terpsi::motion
