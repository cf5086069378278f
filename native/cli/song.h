#pragma once
// Songs as the command line takes them: a sound file, a MIDI file (recognised by its content), or "demo" for the
// song that Terpsi synthesises itself.

#include <string>

#include "base/result.h"
#include "native/decode/decode.h"
#include "native/pipeline/heard_song.h"

namespace terpsi::native {

// Decodes, or plays the score, and prints any warning to stderr. Errors: see decode_file and read_midi
// (score/midi_file.h).
Result<DecodedSong> load_song(const std::string& name, TimeRange range = {});

// load_song, then hear_decoded or hear_score. Errors: those of all.
Result<HeardSong> hear_song(const std::string& name, TimeRange range, const Models& models,
                            const std::string& listener);

}  // namespace terpsi::native
