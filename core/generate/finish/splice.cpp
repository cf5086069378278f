#include "generate/finish/splice.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/curves.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat, motion::Vec3;

constexpr double kFade = 0.5;     // seconds
constexpr float kFastest = 12.f;  // rad/s of a difference of velocities that is believed

// The quintic through x0 with slope v0 (per second) and no curvature at 0, and 0 throughout at `span`.
template <class V>
V fading(const V& x0, const V& v0, float t, float span) {
  const float u = std::clamp(t / span, 0.f, 1.f);
  const float u3 = u * u * u;
  const float place = 1.f - minimum_jerk(u);
  const float slope = u + u3 * (-6.f + u * (8.f - 3.f * u));
  return place * x0 + slope * span * v0;
}

// What is added after a splice: differences to the continuation at the splice's first frame, and their rates.
struct Offset {
  std::array<Vec3, motion::kJoints> turn, rate;
  float height = 0.f, climb = 0.f;
};

Offset offset_at(const motion::Clip& clip, std::size_t b) {
  const Frame &before = clip.frames[b - 2], &last = clip.frames[b - 1], &first = clip.frames[b];
  const Frame& next = clip.frames[std::min(b + 1, clip.size() - 1)];
  Offset out;
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    const Vec3 old_rate =
        motion::rotation_vector(before.rotations[j].conjugate() * last.rotations[j]) * clip.fps;
    const Vec3 new_rate =
        motion::rotation_vector(first.rotations[j].conjugate() * next.rotations[j]) * clip.fps;
    const Quat expected = last.rotations[j] * motion::from_rotation_vector(Vec3(old_rate / clip.fps));
    out.turn[j] = motion::rotation_vector(first.rotations[j].conjugate() * expected);
    out.rate[j] = old_rate - new_rate;
    const float speed = out.rate[j].norm();
    if (speed > kFastest) out.rate[j] *= kFastest / speed;
  }
  out.climb = (last.root.y() - before.root.y()) * clip.fps;
  out.height = last.root.y() + out.climb / clip.fps - first.root.y();
  out.climb -= (next.root.y() - first.root.y()) * clip.fps;
  return out;
}

}  // namespace

void smooth_splices(motion::Clip& clip, const std::vector<double>& times) {
  const auto fps = static_cast<double>(clip.fps);
  if (!(fps > 0)) return;
  for (double time : times) {
    if (!(time >= 0) || !(time * fps < static_cast<double>(clip.size()))) continue;
    auto b = static_cast<std::size_t>(std::floor(time * fps));
    while (static_cast<double>(b) / fps < time) ++b;
    if (b < 2 || b >= clip.size()) continue;
    const Offset offset = offset_at(clip, b);
    const auto span = static_cast<float>(kFade);
    for (std::size_t i = b; i < clip.size(); ++i) {
      const auto t = static_cast<float>(static_cast<double>(i - b) / fps);
      if (t >= span) break;
      Frame& frame = clip.frames[i];
      frame.root.y() += fading(offset.height, offset.climb, t, span);
      for (std::size_t j = 0; j < motion::kJoints; ++j) {
        const Quat turn = motion::from_rotation_vector(fading<Vec3>(offset.turn[j], offset.rate[j], t, span));
        frame.rotations[j] = (frame.rotations[j] * turn).normalized();
      }
    }
  }
}

}  // namespace terpsi::generate
