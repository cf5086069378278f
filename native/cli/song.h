#pragma once
// Songs as the command line takes them: a sound file, a MIDI file (told by its content), or "demo" for the
// song that Terpsi synthesises itself.

#include <optional>
#include <string>
#include <vector>

#include "audio/analysis.h"
#include "base/result.h"
#include "native/decode/decode.h"
#include "score/score.h"

namespace terpsi::native {

// Decodes, or plays the score, and prints any warning to stderr. Errors: see decode_file and read_midi
// (score/midi_file.h).
Result<DecodedSong> load_song(const std::string& name, TimeRange range = {});

// Who counts the beats.
struct ListenerChoice {
  std::string name = kAutoListener;                     // or kClassical, or a beat network of the manifest
  std::string models;                                   // folder, see models_folder
  static constexpr const char* kAutoListener = "auto";  // the score, the manifest's beat network, classical
  static constexpr const char* kClassical = "classical";
};

struct HeardSong {
  DecodedSong song;
  audio::MusicAnalysis music;
  std::string listener;               // who counted: "score", or as ListenerChoice
  std::optional<score::Score> score;  // of a MIDI file: the whole of it
  std::vector<float> note_density;    // of a MIDI file: notes per second, as many as frames
};

// load_song, then audio::hear, count and describe; MIDI files count themselves unless a listener is named.
// Errors: those of all.
Result<HeardSong> hear_song(const std::string& name, TimeRange range, const ListenerChoice& choice);

}  // namespace terpsi::native
