#include "motion/time_warp.h"

#include <algorithm>
#include <cmath>

namespace terpsi::motion {

Vec3 catmull_rom(const Vec3& p0, const Vec3& p1, const Vec3& p2, const Vec3& p3, float t) {
  return p1 +
         0.5f * t * (p2 - p0 + t * (2.f * p0 - 5.f * p1 + 4.f * p2 - p3 + t * (3.f * (p1 - p2) + p3 - p0)));
}

Frame sample(const Clip& clip, double seconds) {
  if (clip.frames.empty()) return Frame{};
  const std::size_t last = clip.size() - 1;
  const double position = seconds * static_cast<double>(clip.fps);
  if (!(position > 0)) return clip.frames.front();
  if (position >= static_cast<double>(last)) return clip.frames.back();
  const auto b = static_cast<std::size_t>(position);
  const auto t = static_cast<float>(position - static_cast<double>(b));
  const std::size_t a = b > 0 ? b - 1 : 0, c = b + 1, d = std::min(b + 2, last);
  const Frame &before = clip.frames[b], &after = clip.frames[c];
  Frame out;
  out.root = catmull_rom(clip.frames[a].root, before.root, after.root, clip.frames[d].root, t);
  for (std::size_t j = 0; j < kJoints; ++j)
    out.rotations[j] = before.rotations[j].slerp(t, after.rotations[j]).normalized();
  for (std::size_t k = 0; k < kContacts; ++k)
    out.contacts[k] = (1 - t) * before.contacts[k] + t * after.contacts[k];
  return out;
}

Clip warped(const Clip& clip, std::span<const double> times) {
  Clip out;
  out.fps = clip.fps;
  if (clip.frames.empty()) return out;
  out.frames.reserve(times.size());
  for (const double t : times) out.frames.push_back(sample(clip, t));
  return out;
}

Clip with_fps(const Clip& clip, float fps) {
  Clip out;
  out.fps = fps;
  if (clip.frames.empty() || !(fps > 0) || !(clip.fps > 0)) return out;
  const double step = 1.0 / static_cast<double>(fps);
  const double end = static_cast<double>(clip.size() - 1) / static_cast<double>(clip.fps);
  const auto count = static_cast<std::size_t>(std::floor(end / step + 1e-6)) + 1;
  out.frames.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.frames.push_back(sample(clip, static_cast<double>(i) * step));
  return out;
}

}  // namespace terpsi::motion
