#pragma once
// Reads Standard MIDI Files (.mid, .kar, and .rmi: wrapped in RIFF) into scores.
//
// Supported: formats 0 and 1; divisions in ticks per quarter and in SMPTE frames (24, 25, 29.97, 30 per
// second); running status; notes, programs, sustain pedal, volume, expression, all notes off; tempo, time
// signature, names. Channel 10 is percussion. Ignored: pitch bend, pan, banks, lyrics, sysex.
//
// With SMPTE frames, ticks are times and tempo events only give the rate of beats; without one there is no
// metre (Score::has_metre). With ticks per quarter, the default is 120 quarters a minute and 4/4.
//
// Tolerated, as common and harmless: no end of track; a track length beyond the end of the file where the
// track ends properly all the same; a wrong number of tracks; bytes after the end of a track or after the
// last track; unknown chunks; running status across meta events and sysex; notes without an end (they end
// with the last event of their track); a tempo of 0 and impossible time signatures (skipped).

#include <cstdint>
#include <span>

#include "base/result.h"
#include "score/score.h"

namespace terpsi::score {

// True where the file begins as a MIDI file does, bare or wrapped in RIFF. Needs at most 12 bytes.
bool looks_like_midi(std::span<const std::uint8_t> head);

// Errors: bad_format (not a MIDI file, truncated, or malformed), unsupported (format 2), empty (no tracks, or
// no notes), too_large (bytes, events, notes, or over 15 minutes).
Result<Score> read_midi(std::span<const std::uint8_t> bytes);

}  // namespace terpsi::score
