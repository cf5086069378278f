#pragma once
// Whether the notes of a score lie where its beats are written.

#include "audio/count/metre.h"
#include "score/score.h"

namespace terpsi::score {

// How far the notes are off the written beats, in beats, more than -0.5 to 0.5; 0 where the beats may stand.
// Recordings brought into a sequencer often have the right tempo map but start anywhere. The notes that start
// on a beat or half a beat later are counted: only where they are less than a fifth of all, and more than
// half with all beats moved by the same share of a beat, the beats are wrong.
double beats_off(const Score& score, const audio::Metre& metre);

// The metre with its beats moved by beats_off; its confidence is 0.8 where they had to be.
audio::Metre aligned(audio::Metre metre, const Score& score);

}  // namespace terpsi::score
