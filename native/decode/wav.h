#pragma once
// Mono audio to a WAV file in memory.

#include <cstdint>
#include <vector>

#include "audio/pcm.h"

namespace terpsi::native {

// 16-bit mono RIFF WAVE; samples are clipped to [-1, 1], values that are not finite become 0.
std::vector<std::uint8_t> wav_bytes(const audio::Pcm& pcm);

}  // namespace terpsi::native
