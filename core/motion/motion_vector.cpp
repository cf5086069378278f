#include "motion/motion_vector.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "motion/rotation.h"

namespace terpsi::motion {

namespace {
float finite_or_zero(float x) {
  return std::isfinite(x) ? x : 0.f;
}
}  // namespace

std::vector<float> encode(const Clip& clip) {
  const std::size_t frames = clip.size();
  std::vector<float> out(frames * kMotionDims, 0.f);
  for (std::size_t i = 0; i < frames; ++i) {
    const Frame& frame = clip.frames[i];
    float* row = out.data() + i * kMotionDims;
    for (int c = 0; c < kContacts; ++c) row[kContactOffset + c] = frame.contacts[static_cast<std::size_t>(c)];
    const std::size_t now = std::max<std::size_t>(i, 1), before = now - 1;
    if (now < frames) {
      const Vec3 velocity = (clip.frames[now].root - clip.frames[before].root) * clip.fps;
      row[kRootOffset] = velocity.x();
      row[kRootOffset + 2] = velocity.z();
    }
    row[kRootOffset + 1] = frame.root.y();
    for (int j = 0; j < kJoints; ++j)
      to_6d(frame.rotations[static_cast<std::size_t>(j)],
            std::span<float, 6>(row + kRotationOffset + 6 * j, 6));
  }
  return out;
}

Clip decode(std::span<const float> values) {
  Clip clip;
  clip.fps = static_cast<float>(limits::kFps);
  clip.frames.resize(values.size() / kMotionDims);
  // Summed in double: a 15-minute dance has 27 000 steps.
  double x = 0, z = 0;
  for (std::size_t i = 0; i < clip.size(); ++i) {
    Frame& frame = clip.frames[i];
    const float* row = values.data() + i * kMotionDims;
    for (int c = 0; c < kContacts; ++c)
      frame.contacts[static_cast<std::size_t>(c)] =
          std::clamp(finite_or_zero(row[kContactOffset + c]), 0.f, 1.f);
    if (i > 0) {
      x += finite_or_zero(row[kRootOffset]) / limits::kFps;
      z += finite_or_zero(row[kRootOffset + 2]) / limits::kFps;
    }
    const float y = row[kRootOffset + 1];
    frame.root = {static_cast<float>(x), std::isfinite(y) ? y : offset(kPelvis).y(), static_cast<float>(z)};
    for (int j = 0; j < kJoints; ++j)
      frame.rotations[static_cast<std::size_t>(j)] =
          from_6d(std::span<const float, 6>(row + kRotationOffset + 6 * j, 6));
  }
  return clip;
}

}  // namespace terpsi::motion
