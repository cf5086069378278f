#pragma once
// From sound to what the program knows about a song: heard, counted by whom one chooses, described.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audio/music.h"
#include "base/result.h"
#include "native/decode/decode.h"
#include "score/score.h"

namespace terpsi::native {

// Who counts the beats.
struct ListenerChoice {
  std::string name = kAutoListener;                     // or kClassical, or a beat network of the manifest
  std::string models;                                   // folder, see models_folder
  static constexpr const char* kAutoListener = "auto";  // the score, the manifest's beat network, classical
  static constexpr const char* kClassical = "classical";
  static constexpr const char* kScore = "score";  // only an answer: a score counts where nobody is named
};

struct HeardSong {
  DecodedSong song;
  audio::MusicAnalysis music;
  std::string listener;               // who counted: kScore, or as ListenerChoice
  std::optional<score::Score> score;  // of a MIDI file read here: the whole of it
  std::vector<float> note_density;    // of the same: notes per second, as many as frames
};

// audio::spectral_features, count and describe; `song.written` counts unless a listener is named. Errors: those
// of audio::spectral_features and load_listener (a missing network is no error where nobody is named).
Result<HeardSong> hear_decoded(DecodedSong song, const ListenerChoice& choice);

// The same of the part from `range.from` to `range.to` of a score, played.
Result<HeardSong> hear_score(DecodedSong played, score::Score score, TimeRange range,
                             const ListenerChoice& choice);

}  // namespace terpsi::native
