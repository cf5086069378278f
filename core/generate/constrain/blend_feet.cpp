#include <algorithm>
#include <array>

#include "generate/constrain/blend_steps.h"
#include "generate/constrain/replant.h"
#include "motion/kinematics.h"
#include "motion/plants.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Vec3;

constexpr std::array<JointSet, 2> kLegBits = {joint_bit(motion::kLHip) | joint_bit(motion::kLKnee) |
                                                  joint_bit(motion::kLAnkle) | joint_bit(motion::kLFoot),
                                              joint_bit(motion::kRHip) | joint_bit(motion::kRKnee) |
                                                  joint_bit(motion::kRAnkle) | joint_bit(motion::kRFoot)};

constexpr std::size_t kReplantMargin = 45;  // frames

// When and where the feet of a clip stand by themselves.
Footing standing(const motion::Clip& clip, motion::FootLock mode) {
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
Footing find_footing(const BlendState& s, motion::FootLock mode) {
  Footing out = standing(s.dance, mode);
  std::array<std::vector<int>, 2> source;  // dance that says it, -1: this one
  source.fill(std::vector<int>(s.frames, -1));
  for (std::size_t r = 0; r < s.spans.size(); ++r) {
    const KeptRange& range = s.constraints.kept[r];
    const std::size_t before = s.fades[r][0] / 2, after = s.fades[r][1] / 2;
    const std::size_t begin = s.spans[r].begin - std::min(s.spans[r].begin, before);
    const std::size_t end =
        std::min({s.spans[r].end + after, s.frames, s.constraints.dances[range.dance].size()});
    for (std::size_t side = 0; side < 2; ++side) {
      if ((range.joints & kLegBits[side]) != kLegBits[side]) continue;
      for (std::size_t f = begin; f < end; ++f) source[side][f] = static_cast<int>(range.dance);
    }
  }
  for (std::size_t d = 0; d < s.constraints.dances.size(); ++d) {
    const auto here = [&](std::size_t side, std::size_t f) { return source[side][f] == static_cast<int>(d); };
    Footing theirs;
    for (std::size_t side = 0; side < 2; ++side) {
      const auto bit = static_cast<std::uint8_t>(1u << side);
      for (std::size_t f = 0; f < s.frames; ++f) {
        if (!here(side, f)) continue;
        if (theirs.stands.empty()) theirs = standing(s.constraints.dances[d], mode);
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
    for (std::size_t f = 1; f < s.frames; ++f) {
      const Vec3 now = ball[f];
      if (source[side][f] != source[side][f - 1]) jumps += last - now;
      last = now;
      ball[f] += Vec3(jumps.x(), 0, jumps.z());
    }
  }
  return out;
}

// On a copy with some frames around, so that the cost does not grow with the number of windows.
void replant_window(BlendState& s, std::size_t begin, std::size_t end, const Footing& footing) {
  const std::size_t from = begin - std::min(begin, kReplantMargin),
                    to = std::min(s.frames, end + kReplantMargin);
  const auto cut = [&](const auto& v) {
    return std::decay_t<decltype(v)>(v.begin() + static_cast<std::ptrdiff_t>(from),
                                     v.begin() + static_cast<std::ptrdiff_t>(to));
  };
  motion::Clip window;
  window.fps = s.clip.fps;
  window.frames.assign(s.clip.frames.begin() + static_cast<std::ptrdiff_t>(from),
                       s.clip.frames.begin() + static_cast<std::ptrdiff_t>(to));
  replant(window, begin - from, end - from,
          {cut(footing.stands),
           cut(footing.foot),
           cut(footing.body),
           {cut(footing.ball[0]), cut(footing.ball[1])}});
  std::copy(window.frames.begin() + static_cast<std::ptrdiff_t>(begin - from),
            window.frames.begin() + static_cast<std::ptrdiff_t>(end - from),
            s.clip.frames.begin() + static_cast<std::ptrdiff_t>(begin));
}

}  // namespace

void stand(BlendState& s, motion::FootLock mode) {
  std::vector<std::uint8_t> changed(s.frames, 0);
  Footing footing = find_footing(s, mode);
  footing.foot.assign(s.frames, 0);
  footing.body.assign(s.frames, 0);
  for (std::size_t f = 0; f < s.frames; ++f) {
    const Frame &now = s.clip.frames[f], &was = s.dance.frames[f];
    changed[f] = (now.root - was.root).norm() > 1e-5f;
    for (std::size_t j : kLowerBody) {
      if (!now.rotations[j].coeffs().isApprox(was.rotations[j].coeffs(), 1e-5f)) changed[f] = 1;
    }
    footing.body[f] = (s.demands.places[f] & (Demands::kX | Demands::kY | Demands::kZ)) != 0;
    for (std::size_t side = 0; side < 2; ++side) {
      if ((s.demands.joints[f] & kLegBits[side]) != 0)
        footing.foot[f] |= static_cast<std::uint8_t>(1u << side);
    }
    if (const int r = keeper(s, f, motion::kLAnkle); r >= 0) {
      s.clip.frames[f].contacts =
          s.constraints.dances[s.constraints.kept[static_cast<std::size_t>(r)].dance].frames[f].contacts;
    }
  }
  if (mode == motion::FootLock::off) return;
  for (std::size_t f = 0; f < s.frames;) {
    if (!changed[f]) {
      ++f;
      continue;
    }
    std::size_t last = f;
    for (std::size_t k = f; k < s.frames && k <= last + 2 * kReplantMargin; ++k) {
      if (changed[k]) last = k;
    }
    replant_window(s, f - std::min(f, kReplantMargin), std::min(s.frames, last + 1 + kReplantMargin),
                   footing);
    f = last + 1;
  }
}

}  // namespace terpsi::generate
