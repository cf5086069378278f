#include "native/decode/wav.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace terpsi::native {
namespace {

void put(std::vector<std::uint8_t>& to, std::string_view text) {
  for (const char c : text) to.push_back(static_cast<std::uint8_t>(c));
}

void put(std::vector<std::uint8_t>& to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<std::uint8_t> wav_bytes(const audio::Pcm& pcm) {
  const auto data = static_cast<std::uint32_t>(pcm.samples.size() * 2);
  const auto rate = static_cast<std::uint32_t>(pcm.sample_rate);
  std::vector<std::uint8_t> wav;
  wav.reserve(44 + data);
  put(wav, "RIFF");
  put(wav, 36 + data, 4);
  put(wav, "WAVEfmt ");
  put(wav, 16, 4);  // size of the format
  put(wav, 1, 2);   // PCM
  put(wav, 1, 2);   // channels
  put(wav, rate, 4);
  put(wav, rate * 2, 4);  // bytes a second
  put(wav, 2, 2);         // bytes a frame
  put(wav, 16, 2);        // bits a sample
  put(wav, "data");
  put(wav, data, 4);
  for (const float sample : pcm.samples) {
    const float value = std::isfinite(sample) ? std::clamp(sample, -1.f, 1.f) : 0.f;
    put(wav, static_cast<std::uint32_t>(std::lround(value * 32767.f)), 2);
  }
  return wav;
}

}  // namespace terpsi::native
