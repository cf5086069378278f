#pragma once
// Mu-law companding to 255 levels, the input of the music encoder of [Ahn 2020].
//
//   code(x)  = round(127 sign(x) ln(1 + 255 |x|) / ln 256)     -127 to 127
//   value(c) = sign(c) (256^(|c| / 127) - 1) / 255

#include <vector>

#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

inline constexpr int kMuLawTop = 127;  // the largest code

// `x` is clamped to [-1, 1]; NaN counts as 0.
int mu_law_code(float x);

// `code` is clamped to [-127, 127].
float mu_law_value(int code);

// The song at kAnalysisRate, without DC, at a root mean square of 0.1, clamped to [-1, 1], quantised. Errors:
// those of check_pcm.
Result<std::vector<float>> mu_law_sound(const Pcm& pcm);

}  // namespace terpsi::audio
