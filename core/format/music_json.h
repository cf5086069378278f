#pragma once
// What dancing needs to know of a song, as JSON: tens of kilobytes, from which the sound cannot be restored.
// The page sends it to a server, and it is a part of what `terpsi analyze --json` writes.
//
//   "duration" seconds, "frames" (30 a second), "tempo_bpm", "beats_per_bar", "beat_confidence",
//   "beats" [seconds], "beat_in_bar" [1 = downbeat], "sections" [{"start", "end", "label"}],
//   "character" {"energy", "percussion", ...}, "loudness" and "onset" [one number a frame]
//
// Other keys are skipped.

#include <string>
#include <string_view>

#include "audio/music.h"
#include "base/json_fields.h"
#include "base/result.h"

namespace terpsi::format {

Json music_json(const audio::MusicAnalysis& music);
std::string music_to_json(const audio::MusicAnalysis& music);  // as text

// The parts of MusicAnalysis that dances are made from (generate/): those above. The others stay empty.
// Errors (the message names the key): bad_format (types, numbers out of range, arrays of another length than
// frames or beats, times out of order or outside the song), too_large (longer than limits.h allows), empty
// (under a second).
Result<audio::MusicAnalysis> music_from_json(const Json& json);

}  // namespace terpsi::format
