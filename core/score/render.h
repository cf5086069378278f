#pragma once
// Renders a score with a small synthesiser: all General MIDI programs and percussion.

#include "audio/pcm.h"
#include "score/score.h"

namespace terpsi::score {

inline constexpr double kRenderTail = 1.0;  // seconds after the end of the last note

// Mono at kAnalysisRate, peak 0.9, from time 0 to kRenderTail after the last note, at most 15 minutes. Notes
// start at the nearest sample. Polyphony limits::kMaxVoices: a further note ends the oldest. Deterministic;
// the same on every platform within 1e-4.
audio::Pcm render(const Score& score);

}  // namespace terpsi::score
