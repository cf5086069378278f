#pragma once
// Songs as the command line takes them: a file, or "demo" for the one Terpsi synthesises itself.

#include <string>

#include "audio/analysis.h"
#include "base/result.h"
#include "native/decode/decode.h"

namespace terpsi::native {

// Decodes and prints any warning to stderr. Errors: see decode_file.
Result<DecodedSong> load_song(const std::string& name, TimeRange range = {});

// Who counts the beats.
struct ListenerChoice {
  std::string name = kAutoListener;                     // or kClassical, or a beat network of the manifest
  std::string models;                                   // folder, see models_folder
  static constexpr const char* kAutoListener = "auto";  // the manifest's beat network if it has one
  static constexpr const char* kClassical = "classical";
};

struct HeardSong {
  DecodedSong song;
  audio::MusicAnalysis music;
  std::string listener;  // who counted
};

// load_song, then audio::hear, count and describe. Errors: those of all.
Result<HeardSong> hear_song(const std::string& name, TimeRange range, const ListenerChoice& choice);

}  // namespace terpsi::native
