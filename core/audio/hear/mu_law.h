#pragma once
// Mu-law: sound in 255 levels that lie closer together where it is soft. Seed paper 003 feeds its music
// encoder with sound that has gone through it.
//
//   code(x)  = round(127 sign(x) ln(1 + 255 |x|) / ln 256)     whole numbers, -127 to 127
//   value(c) = sign(c) (256^(|c| / 127) - 1) / 255

#include <vector>

#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

inline constexpr int kMuLawTop = 127;  // the largest code

// `x` is cut to [-1, 1]; what is not a number counts as 0.
int mu_law_code(float x);

// `code` is cut to [-127, 127].
float mu_law_value(int code);

// A song as the music encoder hears it: at kAnalysisRate, mean 0, root mean square 0.1, cut to [-1, 1], and
// through both. Errors: those of check_pcm.
Result<std::vector<float>> mu_law_sound(const Pcm& pcm);

}  // namespace terpsi::audio
