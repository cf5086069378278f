#pragma once
// From a song's samples to its MusicAnalysis.

#include "audio/count/metre.h"
#include "audio/hear/spectral_features.h"
#include "audio/music.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

// Everything that follows from the spectral features and a metre.
MusicAnalysis describe(const SpectralFeatures& spectral, Metre metre);

// spectral_features, classical_metre, describe. `pcm`: any sample rate within limits.h. Errors: those of
// check_pcm. Deterministic; native and WebAssembly agree within 1e-4 in features.
Result<MusicAnalysis> analyze(const Pcm& pcm);

}  // namespace terpsi::audio
