#pragma once
// Sound files for the tests, written by libsndfile.

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace terpsi::test {

// A 440 Hz tone of amplitude 0.5, interleaved; channel c is multiplied by (c + 1) / channels.
inline std::vector<float> tone(double seconds, int rate, int channels = 1) {
  std::vector<float> samples;
  const auto frames = static_cast<long>(seconds * rate);
  for (long i = 0; i < frames; ++i) {
    const double value = 0.5 * std::sin(2 * 3.14159265358979 * 440 * static_cast<double>(i) / rate);
    for (int c = 0; c < channels; ++c) samples.push_back(static_cast<float>(value * (c + 1) / channels));
  }
  return samples;
}

// White noise of amplitude 0.5: what no codec makes small.
inline std::vector<float> noise(double seconds, int rate) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
  std::minstd_rand random(1);
  for (float& sample : samples) sample = static_cast<float>(random() % 20001) / 20000.f - 0.5f;
  return samples;
}

// False when libsndfile refuses.
inline bool write_sound(const std::string& path, int format, const std::vector<float>& samples, int rate,
                        int channels = 1) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return false;
  bool good = true;
  const auto step =
      static_cast<std::size_t>(4096 * channels);  // in pieces: Vorbis encoders recurse on long ones
  for (std::size_t at = 0; at < samples.size(); at += step) {
    const auto count = static_cast<sf_count_t>(std::min(step, samples.size() - at));
    good = good && sf_write_float(file, samples.data() + at, count) == count;
  }
  return sf_close(file) == 0 && good;
}

}  // namespace terpsi::test
