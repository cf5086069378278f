#include "motion/plants.h"

#include <algorithm>
#include <cmath>

#include "motion/contacts.h"
#include "motion/smoothing.h"

namespace terpsi::motion {

namespace {

constexpr float kAnchorSeconds = 0.35f;    // the anchor is the mean place over the plant's first part
constexpr float kDriftLimit = 0.10f;       // metres from the anchor at which the foot is let go
constexpr float kStepSeconds = 0.17f;      // how long the step to the next anchor takes
constexpr float kShortestSeconds = 0.10f;  // shorter plants are dropped, shorter gaps are closed

// Thresholds for a label of 0; `...Label` is added for a label of 1. Speeds are horizontal, m/s; heights are
// above the ball's rest height, metres.
constexpr float kSpeedOn = 0.35f, kSpeedOff = 0.60f, kSpeedLabel = 0.25f;
constexpr float kHeightOn = 0.030f, kHeightOff = 0.050f, kHeightLabel = 0.020f;
constexpr float kLabelOn = 0.6f, kLabelOff = 0.4f;

std::vector<char> planted_frames(const Clip& clip, const std::vector<Pose>& poses, std::size_t ball,
                                 std::size_t label, FootLock mode) {
  const std::size_t frames = clip.size();
  std::vector<char> on(frames, 0);
  bool planted = false;
  for (std::size_t i = 0; i < frames; ++i) {
    const float labelled = std::max(clip.frames[i].contacts[label], clip.frames[i].contacts[label + 1]);
    if (mode == FootLock::always) {
      planted = labelled > (planted ? kLabelOff : kLabelOn);
    } else {
      const std::size_t a = i > 0 ? i - 1 : 0, b = std::min(i + 1, frames - 1);
      const Vec3 moved = poses[b].positions[ball] - poses[a].positions[ball];
      const float speed = std::hypot(moved.x(), moved.z()) * clip.fps / static_cast<float>(b - a);
      const float height = std::abs(poses[i].positions[ball].y() - kFootRestHeight);
      planted = speed < (planted ? kSpeedOff : kSpeedOn) + kSpeedLabel * labelled &&
                height < (planted ? kHeightOff : kHeightOn) + kHeightLabel * labelled;
    }
    on[i] = planted;
  }
  return on;
}

}  // namespace

std::vector<Plant> find_plants(const Clip& clip, const std::vector<Pose>& poses, bool left, FootLock mode) {
  std::vector<Plant> plants;
  if (mode == FootLock::off || clip.size() < 2) return plants;
  const std::size_t ball = left ? kLFoot : kRFoot;
  std::vector<char> on = planted_frames(clip, poses, ball, left ? kContactLAnkle : kContactRAnkle, mode);
  debounce(on, std::max<std::size_t>(2, as_frames(kShortestSeconds, clip.fps)));

  const std::size_t first_part = as_frames(kAnchorSeconds, clip.fps),
                    step = as_frames(kStepSeconds, clip.fps);
  for (std::size_t i = 0; i < on.size();) {
    if (!on[i]) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < on.size() && on[end]) ++end;
    bool stepped = false;
    while (end - i >= 2) {
      Plant plant;
      plant.begin = i;
      plant.stepped = stepped;
      const std::size_t sample = std::min(end, i + first_part);
      Vec3 sum = Vec3::Zero();
      for (std::size_t k = i; k < sample; ++k) sum += poses[k].positions[ball];
      plant.anchor = sum / static_cast<float>(sample - i);
      plant.anchor.y() = kFootRestHeight;
      std::size_t k = i;
      for (; k < end; ++k) {
        const Vec3 drift = poses[k].positions[ball] - plant.anchor;
        if (k >= i + 2 && std::hypot(drift.x(), drift.z()) > kDriftLimit) break;
      }
      plant.end = k;
      plants.push_back(plant);
      i = std::min(end, k + step);
      stepped = true;
    }
    i = std::max(i, end);
    // The next plant must leave a free frame.
    ++i;
  }
  return plants;
}

}  // namespace terpsi::motion
