#pragma once
// Standard MIDI files (.mid, .kar; also wrapped in RIFF: .rmi) to scores.
//
// Taken: formats 0 and 1; divisions in ticks per quarter and in SMPTE frames (24, 25, 29.97, 30 per second);
// running status; notes, programs, sustain pedal, volume, expression, all notes off; tempo, time signature,
// names. Channel 10 is percussion. Everything else is read over: pitch bend, pan, banks, lyrics, sysex.
//
// With SMPTE frames ticks are times and a tempo only says how fast the beat is; without one there is no metre
// (Score::has_metre). With ticks per quarter, 120 quarters a minute and 4/4 hold until a file says otherwise.
//
// Forgiven, as it is common and harmless: no end of track; a track said to be longer than the file that ends
// properly all the same; a wrong number of tracks; bytes after the end of a track or after the last track;
// unknown chunks; running status across meta events and sysex; notes that never end (they end with the last
// event of their track); a tempo of 0 and time signatures that cannot be (they are left out).

#include <cstdint>
#include <span>

#include "base/result.h"
#include "score/score.h"

namespace terpsi::score {

// True when the file begins as a MIDI file does, bare or wrapped in RIFF. 12 bytes are enough.
bool looks_like_midi(std::span<const std::uint8_t> head);

// Errors: bad_format (no MIDI file, cut short, or broken: bytes that cannot be), unsupported (format 2),
// empty (no tracks, or no notes), too_large (bytes, events, notes, or over 15 minutes).
Result<Score> read_midi(std::span<const std::uint8_t> bytes);

}  // namespace terpsi::score
