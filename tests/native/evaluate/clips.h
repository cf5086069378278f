#pragma once
// Motion files for tests of the evaluator.

#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/motion/random_motion.h"
#include "format/dance_file.h"
#include "format/npz.h"
#include "motion/kinematics.h"
#include "motion/motion_vector.h"
#include "native/temp_folder.h"

namespace terpsi::test {

inline std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

// A clip as `terpsi retarget` writes it; change what the test is about, then write_npz.
inline format::Npz npz_of(const motion::Clip& clip, const std::vector<std::uint8_t>& bad = {}) {
  std::vector<float> places;
  for (const auto& pose : motion::joint_positions(clip))
    for (const motion::Vec3& p : pose) places.insert(places.end(), {p.x(), p.y(), p.z()});
  format::Npz npz;
  npz["joints"] = format::npy_floats(places, {clip.size(), motion::kJoints, 3});
  npz["motion"] = format::npy_floats(motion::encode(clip), {clip.size(), motion::kMotionDims});
  npz["fps"] = format::npy_scalar(30);
  if (!bad.empty()) npz["bad"] = format::npy_bytes(bad, {bad.size()});
  return npz;
}

inline std::string write_clip(const TempFolder& folder, const std::string& name, const motion::Clip& clip,
                              const std::vector<std::uint8_t>& bad = {}) {
  return folder.write(name, text_of(format::write_npz(npz_of(clip, bad))));
}

inline std::string write_dance_file(const TempFolder& folder, const std::string& name,
                                    const motion::Clip& clip, const std::string& style = "",
                                    const std::vector<double>& beats = {}) {
  format::Dance dance;
  dance.clip = clip;
  dance.style = style;
  dance.beats = beats;
  return folder.write(name, text_of(*format::write_dance(dance)));
}

// Four different clips of 10 s, one of them with bad frames.
inline void write_reference(const TempFolder& folder, const std::string& under) {
  for (int k = 0; k < 4; ++k) {
    motion::Clip clip = motion::testing::dancing(300, 0.2f * static_cast<float>(k));
    for (std::size_t i = 0; i < clip.size(); ++i) {
      const float t = static_cast<float>(i) / 30;
      clip.frames[i].root.x() += 0.1f * std::sin(t * (1.f + static_cast<float>(k)));
      clip.frames[i].rotations[motion::kLShoulder] =
          motion::testing::turn(-1 + 0.2f * static_cast<float>(k) * std::sin(3 * t), motion::Vec3::UnitZ());
    }
    std::vector<std::uint8_t> bad(300, 0);
    if (k == 3) bad[40] = 1;
    write_clip(folder, under + "/real" + std::to_string(k) + ".npz", clip, bad);
  }
}

}  // namespace terpsi::test
