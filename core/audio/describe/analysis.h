#pragma once
// From a song's samples to what the program knows about it.

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"
#include "audio/music.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

// What is known of a song once its beats are.
MusicAnalysis describe(const SpectralFeatures& spectral, Metre metre);

// hear, classical_metre, describe. `pcm` may have any sample rate within limits.h; it is resampled to
// kAnalysisRate. Errors: too_large (over 15 min), empty (under 1 s, or silent), invalid_argument (rate out of
// range, or samples that are not finite). Deterministic; native and WASM agree within 1e-4 in features.
Result<MusicAnalysis> analyze(const Pcm& pcm);

}  // namespace terpsi::audio
