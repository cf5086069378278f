#pragma once
// Motion files for tests of the evaluator.

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

}  // namespace terpsi::test
