#pragma once
// A lively made-up dance for the tests of core/format: every joint moves at several rates, the body turns and
// travels, some moves are sharp.

#include <cmath>

#include "format/dance.h"

namespace terpsi::test {

inline motion::Clip lively_clip(std::size_t frames, float liveliness = 1.f) {
  motion::Clip clip;
  clip.frames.resize(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const float t = static_cast<float>(i) / 30.f;
    const auto wave = [&](float rate, float phase) { return std::sin(6.2831853f * rate * t + phase); };
    const float hit = std::tanh(6.f * wave(1.f, 0.3f));  // a sharp to and fro
    motion::Frame& f = clip.frames[i];
    f.root = motion::Vec3(0.6f * wave(0.1f, 0), 0.92f + 0.04f * wave(2, 0), 0.4f * wave(0.13f, 1));
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      const auto k = static_cast<float>(j);
      const float size = liveliness * (j == 0 ? 0.15f : j < 13 ? 0.2f : 0.6f);
      const motion::Vec3 v(size * wave(0.5f, k) + 0.3f * size * wave(2.f, 2 * k), size * wave(1.f, 3 * k),
                           size * (0.5f * hit + 0.3f * wave(1.5f, k)));
      f.rotations[j] = motion::Quat(Eigen::AngleAxisf(v.norm(), v.normalized()));
    }
    f.rotations[0] =
        motion::Quat(Eigen::AngleAxisf(0.8f * t, motion::Vec3::UnitY())) * f.rotations[0];  // keeps turning
    const float left = wave(1, 0) > 0 ? 1.f : 0.f;
    f.contacts = {left, left, 1 - left, wave(1, 1) > 0 ? 1.f : 0.f};
  }
  return clip;
}

inline format::Dance sample_dance(std::size_t frames) {
  format::Dance d;
  d.clip = lively_clip(frames);
  d.title = "Caf\xc3\xa9 <b>\xf0\x9f\x92\x83</b> \"quoted\" \\";
  d.style = "hiphop";
  d.seed = 0xFEDCBA9876543210ull;
  d.energy = 0.625f;
  d.model_name = "student-v1";
  d.model_sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  d.tempo_bpm = 118.5;
  for (double t = 0.25; t < static_cast<double>(frames) / 30; t += 60 / 118.5) {
    d.beat_in_bar.push_back(static_cast<int>(d.beats.size() % 4) + 1);
    d.beats.push_back(t);
  }
  return d;
}

}  // namespace terpsi::test
