#pragma once
// From the sound of a song to everything that is known about it: features, beats, description.

#include <optional>
#include <string>
#include <vector>

#include "audio/music.h"
#include "base/result.h"
#include "native/decode/decode.h"
#include "native/networks/models.h"
#include "score/score.h"

namespace terpsi::native {

// Who counts the beats: one of these or a beat network of the manifest, by name.
inline constexpr const char* kAutoListener = "auto";  // the score, the manifest's first network, or classical
inline constexpr const char* kClassicalListener = "classical";  // without a network
inline constexpr const char* kScoreListener = "score";          // only as an answer: a score says its metre

struct HeardSong {
  DecodedSong song;
  audio::MusicAnalysis music;
  std::string listener;               // who counted; never kAutoListener
  std::optional<score::Score> score;  // of a MIDI file read here, the whole of it
  std::vector<float> note_density;    // of the same: notes per second, one value for each frame of `music`
};

// Spectral features, beats and description of a song. With kAutoListener `song.written` counts where there is
// one, and a folder without networks is no error. Errors: those of audio::spectral_features and
// load_listener.
Result<HeardSong> hear_decoded(DecodedSong song, const Models& models,
                               const std::string& listener = kAutoListener);

// The same for the part `range` of a score, of which `played` is the sound.
Result<HeardSong> hear_score(DecodedSong played, score::Score score, TimeRange range, const Models& models,
                             const std::string& listener = kAutoListener);

}  // namespace terpsi::native
