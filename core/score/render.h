#pragma once
// A score to sound: a small synthesiser for every General MIDI program and the drums.

#include "audio/pcm.h"
#include "score/score.h"

namespace terpsi::score {

inline constexpr double kRenderTail = 1.0;  // seconds after the end of the last note

// Mono at kAnalysisRate, peak 0.9, from time 0 to kRenderTail after the last note, at most 15 minutes.
// Attacks begin at the sample nearest to the start of their note. At most limits::kMaxVoices sound at once: a
// further note ends the one that began first. Deterministic; the same on every platform within 1e-4.
audio::Pcm render(const Score& score);

}  // namespace terpsi::score
