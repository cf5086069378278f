#pragma once
// What a dance tells of the song it was made for, when the song itself is not there.

#include "audio/music.h"
#include "format/dance.h"

namespace terpsi::wasm {

// Duration (of the dance), tempo, beats, places in the bar (empty: unknown) and beats per bar (of most bars;
// 4 where unknown). `energy` is how much the dancer moves, averaged over about a second: 0 (stands) to 1 (the
// dance's most). Everything else is empty; `frames` is 0, so that nobody dances to it. `dance` is as
// read_dance gives it, at 30 frames a second.
audio::MusicAnalysis music_of(const format::Dance& dance);

}  // namespace terpsi::wasm
