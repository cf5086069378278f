#include "generate/constrain/blend_kept.h"

#include <algorithm>
#include <cmath>

#include "base/curves.h"
#include "generate/constrain/blend_steps.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat;
using Vec = Eigen::Vector3d;

constexpr std::size_t kLookBeyond = 15;  // frames of a kept range's own dance that decide how long it fades
constexpr std::size_t kComeToRest = 15;  // frames a kept dance that ends takes to come to rest

// How far a movement of velocity v and acceleration a (per frame) goes on in n frames while its velocity
// runs into 0 along a cubic.
Vec rest_offset(const Vec& v, const Vec& a, double n) {
  const double u = std::min(1.0, n / static_cast<double>(kComeToRest)), d = static_cast<double>(kComeToRest);
  const double u2 = u * u, u3 = u2 * u, u4 = u3 * u;
  return v * d * (u - u3 + 0.5 * u4) + a * (d * d * (0.5 * u2 - 2 * u3 / 3 + 0.25 * u4));
}

// A kept range's dance at any frame: before its start and after its end it comes to rest.
Quat source_rotation(const BlendState& s, std::size_t range, std::ptrdiff_t frame, std::size_t joint) {
  const motion::Clip& dance = s.constraints.dances[s.constraints.kept[range].dance];
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

double source_height(const BlendState& s, std::size_t range, std::ptrdiff_t frame) {
  return source_root(s, range, frame).y();
}

// Frames over which range r fades beyond its begin (side 0) or end (side 1).
std::size_t fade_of(const BlendState& s, std::size_t r, int side) {
  double size = 0;
  for (std::size_t k = 0; k <= kLookBeyond; k += 3) {
    const auto edge = static_cast<std::ptrdiff_t>(side == 0 ? s.spans[r].begin : s.spans[r].end - 1);
    const std::ptrdiff_t f = edge + (side == 0 ? -1 : 1) * static_cast<std::ptrdiff_t>(k);
    if (f < 0 || f >= static_cast<std::ptrdiff_t>(s.frames)) break;
    const Frame& now = s.base.frames[static_cast<std::size_t>(f)];
    Frame kept = now;
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      if ((s.constraints.kept[r].joints >> j & 1u) != 0) kept.rotations[j] = source_rotation(s, r, f, j);
    }
    if ((s.constraints.kept[r].joints & kPelvisJoint) != 0)
      kept.root.y() = static_cast<float>(source_height(s, r, f));
    size = std::max(size, pose_distance(now, kept));
  }
  return std::max<std::size_t>(2, to_frame(fade_seconds(size, s.budget)));
}

// Frames [begin, end) lie between what `left` and `right` keep (-1: nothing).
void fill_gap(BlendState& s, std::size_t joint, std::size_t begin, std::size_t end, int left, int right) {
  const std::size_t gap = end - begin;
  std::vector<Vec> offsets(gap, Vec::Zero());
  std::vector<double> heights(gap, 0.0);
  const auto fade = [&](std::size_t r, int side) {
    const std::size_t length = std::min(s.fades[r][static_cast<std::size_t>(side)], gap);
    Vec last = Vec::Zero();
    for (std::size_t n = 0; n <= length; ++n) {
      // n = 0 is the edge of the range itself: there the offset starts.
      const std::ptrdiff_t f = side == 1 ? static_cast<std::ptrdiff_t>(begin + n) - 1
                                         : static_cast<std::ptrdiff_t>(end) - static_cast<std::ptrdiff_t>(n);
      if (f < 0 || f >= static_cast<std::ptrdiff_t>(s.frames)) continue;
      const auto i = static_cast<std::size_t>(f);
      const Vec offset = offset_of(source_rotation(s, r, f, joint), s.base.frames[i].rotations[joint]);
      last = n == 0 ? offset : unwrapped(offset, last);
      if (n == 0) continue;
      const double weight = 1 - minimum_jerk(static_cast<double>(n) / static_cast<double>(length + 1));
      offsets[i - begin] += weight * last;
      heights[i - begin] +=
          weight * (source_height(s, r, f) - static_cast<double>(s.base.frames[i].root.y()));
    }
  };
  if (left >= 0) fade(static_cast<std::size_t>(left), 1);
  if (right >= 0) fade(static_cast<std::size_t>(right), 0);
  for (std::size_t k = 0; k < gap; ++k) {
    Frame& frame = s.clip.frames[begin + k];
    if (!offsets[k].isZero())
      frame.rotations[joint] = moved(s.base.frames[begin + k].rotations[joint], offsets[k]);
    if (joint == motion::kPelvis) frame.root.y() += static_cast<float>(heights[k]);
  }
}

}  // namespace

Vec source_root(const BlendState& s, std::size_t range, std::ptrdiff_t frame) {
  const motion::Clip& dance = s.constraints.dances[s.constraints.kept[range].dance];
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

void cross_fade_kept(BlendState& s) {
  s.base = s.clip;
  for (std::size_t r = 0; r < s.spans.size(); ++r) s.fades.push_back({fade_of(s, r, 0), fade_of(s, r, 1)});
  std::vector<int> by(s.frames);
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    bool any = false;
    for (std::size_t f = 0; f < s.frames; ++f) {
      by[f] = keeper(s, f, j);
      any = any || by[f] >= 0;
    }
    if (!any) continue;
    for (std::size_t f = 0; f < s.frames;) {
      if (by[f] >= 0) {
        const auto r = static_cast<std::size_t>(by[f]);
        s.clip.frames[f].rotations[j] = motion::same_hemisphere(
            source_rotation(s, r, static_cast<std::ptrdiff_t>(f), j), s.clip.frames[f].rotations[j]);
        if (j == motion::kPelvis)
          s.clip.frames[f].root.y() = static_cast<float>(source_height(s, r, static_cast<std::ptrdiff_t>(f)));
        ++f;
        continue;
      }
      std::size_t end = f;
      while (end < s.frames && by[end] < 0) ++end;
      fill_gap(s, j, f, end, f > 0 ? by[f - 1] : -1, end < s.frames ? by[end] : -1);
      f = end;
    }
  }
}

}  // namespace terpsi::generate
