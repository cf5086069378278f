#include "motion/resample.h"

#include <algorithm>
#include <cmath>

#include "base/curves.h"
#include "motion/rotation.h"
#include "motion/time_warp.h"

namespace terpsi::motion {

namespace {

std::size_t clamped_index(std::ptrdiff_t i, std::size_t size) {
  return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, static_cast<std::ptrdiff_t>(size) - 1));
}

SourceMotion low_pass(const SourceMotion& source, double sigma) {
  SourceMotion out = source;
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
  const std::vector<double> kernel = gaussian_kernel(sigma, reach);
  const std::size_t frames = source.joints.size();
  for (std::size_t i = 0; i < frames; ++i) {
    // Symmetric even at the ends, so that the first and last frames keep their place.
    const auto room = static_cast<std::ptrdiff_t>(std::min(i, frames - 1 - i));
    const std::ptrdiff_t r = std::min(reach, room);
    for (std::size_t j = 0; j < kJoints; ++j) {
      Vec3 sum = Vec3::Zero();
      Eigen::Vector4f quat = Eigen::Vector4f::Zero();
      float weight = 0;
      for (std::ptrdiff_t k = -r; k <= r; ++k) {
        const std::size_t at = clamped_index(static_cast<std::ptrdiff_t>(i) + k, frames);
        const auto w = static_cast<float>(kernel[static_cast<std::size_t>(k + reach)]);
        sum += w * source.joints[at][j];
        weight += w;
        if (!source.rotations.empty())
          quat += w * same_hemisphere(source.rotations[at][j], source.rotations[i][j]).coeffs();
      }
      out.joints[i][j] = sum / weight;
      if (!source.rotations.empty()) {
        Quat q;
        q.coeffs() = quat;
        out.rotations[i][j] = q.normalized();
      }
    }
  }
  return out;
}

}  // namespace

SourceMotion resample(const SourceMotion& source, double fps) {
  const double ratio = source.fps / fps;
  const SourceMotion in = ratio > 1.05 ? low_pass(source, 0.35 * ratio) : source;
  const std::size_t frames = in.joints.size();
  const auto count = static_cast<std::size_t>(std::floor(static_cast<double>(frames - 1) / ratio + 1e-6)) + 1;
  SourceMotion out;
  out.fps = fps;
  out.rotation_known = source.rotation_known;
  out.joints.resize(count);
  out.bad.assign(count, 0);
  if (!in.rotations.empty()) out.rotations.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double position = static_cast<double>(i) * ratio;
    const auto base = static_cast<std::ptrdiff_t>(std::floor(position + 1e-6));
    const auto t = static_cast<float>(std::max(0.0, position - static_cast<double>(base)));
    const std::size_t a = clamped_index(base - 1, frames), b = clamped_index(base, frames),
                      c = clamped_index(base + 1, frames), d = clamped_index(base + 2, frames);
    for (std::size_t j = 0; j < kJoints; ++j) {
      out.joints[i][j] = catmull_rom(in.joints[a][j], in.joints[b][j], in.joints[c][j], in.joints[d][j], t);
      if (!in.rotations.empty())
        out.rotations[i][j] = in.rotations[b][j].slerp(t, in.rotations[c][j]).normalized();
    }
    if (!in.bad.empty()) {
      const std::size_t last = t > 1e-3f ? c : b;
      for (std::size_t k = b; k <= last; ++k) out.bad[i] |= in.bad[k] != 0;
    }
  }
  return out;
}

}  // namespace terpsi::motion
