#include "motion/contacts.h"

#include <algorithm>

#include "motion/kinematics.h"
#include "motion/smoothing.h"

namespace terpsi::motion {

namespace {

void flip_short_runs(std::vector<char>& on, char value, std::size_t shortest) {
  for (std::size_t begin = 0; begin < on.size();) {
    std::size_t end = begin;
    while (end < on.size() && on[end] == on[begin]) ++end;
    if (on[begin] == value && begin > 0 && end < on.size() && end - begin < shortest)
      std::fill(on.begin() + static_cast<std::ptrdiff_t>(begin),
                on.begin() + static_cast<std::ptrdiff_t>(end), static_cast<char>(!value));
    begin = end;
  }
}

}  // namespace

void debounce(std::vector<char>& on, std::size_t shortest) {
  flip_short_runs(on, 0, shortest);
  flip_short_runs(on, 1, shortest);
}

void label_contacts(Clip& clip, const ContactThresholds& thresholds) {
  const std::size_t frames = clip.size();
  if (frames == 0) return;
  const std::vector<JointPositions> joints = joint_positions(clip);
  constexpr std::array<Joint, kContacts> kContactJoints = {kLAnkle, kLFoot, kRAnkle, kRFoot};
  const std::size_t shortest = as_frames(thresholds.shortest, clip.fps);
  for (std::size_t c = 0; c < kContacts; ++c) {
    const Joint joint = kContactJoints[c];
    const float rest = c % 2 == 0 ? kAnkleRestHeight : kFootRestHeight;
    std::vector<char> on(frames, 0);
    bool planted = false;
    for (std::size_t i = 0; i < frames; ++i) {
      const std::size_t a = i > 0 ? i - 1 : 0, b = std::min(i + 1, frames - 1);
      const float speed =
          b > a ? (joints[b][joint] - joints[a][joint]).norm() * clip.fps / static_cast<float>(b - a) : 0.f;
      const float height = joints[i][joint].y() - rest;
      planted = planted ? height < thresholds.height_off && speed < thresholds.speed_off
                        : height < thresholds.height_on && speed < thresholds.speed_on;
      on[i] = planted;
    }
    debounce(on, shortest);
    for (std::size_t i = 0; i < frames; ++i) clip.frames[i].contacts[c] = on[i] ? 1.f : 0.f;
  }
}

}  // namespace terpsi::motion
