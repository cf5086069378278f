#pragma once
// Songs as the command line takes them: a file, or "demo" for the one Terpsi synthesises itself.

#include <string>

#include "audio/analysis.h"
#include "base/result.h"
#include "native/decode/decode.h"

namespace terpsi::native {

// Decodes and prints any warning to stderr. Errors: see decode_file.
Result<DecodedSong> load_song(const std::string& name, TimeRange range = {});

struct HeardSong {
  DecodedSong song;
  audio::MusicAnalysis music;
};

// load_song, then audio::analyze. Errors: those of both.
Result<HeardSong> hear_song(const std::string& name, TimeRange range = {});

}  // namespace terpsi::native
