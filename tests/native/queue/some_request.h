#pragma once
// Requests for renders of made-up music.

#include <string>

#include "format/music_json.h"

namespace terpsi::test {

// Music of `seconds` at 120 beats per minute in 4, of even loudness.
inline audio::MusicAnalysis some_music(double seconds = 4) {
  audio::MusicAnalysis music;
  music.duration = seconds;
  music.frames = static_cast<std::size_t>(seconds * 30);
  music.tempo_bpm = 120;
  music.beat_confidence = 1;
  for (int i = 0; i * 0.5 < seconds; ++i) {
    music.beats.push_back(i * 0.5);
    music.beat_in_bar.push_back(i % 4 + 1);
  }
  music.sections.push_back({0, seconds, 0});
  music.loudness.assign(music.frames, 0.7f);
  music.onset.assign(music.frames, 0.2f);
  for (std::size_t i = 0; i < music.frames; i += 15) music.onset[i] = 1;
  return music;
}

// `more`: further keys, such as R"("model":"student","seed":"7")".
inline std::string some_request(const std::string& more = "", double seconds = 4) {
  return "{\"music\":" + format::music_to_json(some_music(seconds)) + (more.empty() ? "" : ",") + more + "}";
}

}  // namespace terpsi::test
