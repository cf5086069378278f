#pragma once
// Alignment of a score's written beats with its notes. Recordings imported into a sequencer often have the
// right tempo map at an arbitrary offset.

#include "audio/count/metre.h"
#include "score/score.h"

namespace terpsi::score {

// Offset of the notes from the written beats, in beats, -0.5 (excluded) to 0.5. 0 unless less than 20 % of
// the notes start on a beat or half-way between beats and one offset for all beats would raise that above 50
// %.
double beats_off(const Score& score, const audio::Metre& metre);

// The metre shifted by beats_off; its confidence is then 0.8.
audio::Metre aligned(audio::Metre metre, const Score& score);

}  // namespace terpsi::score
