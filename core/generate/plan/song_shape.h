#pragma once
// What the form of a song asks of a dance: where it changes, how loud each part is, when the music can first
// be heard and where the dance ends.

#include <vector>

#include "audio/music.h"

namespace terpsi::generate {

struct SongShape {
  std::vector<audio::Section> sections;  // the valid ones: finite, in order; may be empty
  std::vector<int> occurrence;           // one per section: how many of its label came before it
  std::vector<float> loudness;           // one per section: mean, 0..1
  double first_beat = 0;                 // seconds; the first beat that can be heard (0 without beats)
  // Seconds; where the dance ends: the last strong beat before the music ends or fades out, early enough to
  // be seen; negative: there is none.
  double final_beat = -1;
};

// At least this much is left of the audio after SongShape::final_beat, seconds.
inline constexpr double kShortestHold = 0.8;
// Shorter songs have no ending of their own, seconds.
inline constexpr double kShortestShaped = 6.0;

SongShape song_shape(const audio::MusicAnalysis& music);

// Index of the section at time t (seconds), the first before its start; 0 without sections.
int section_at(const std::vector<audio::Section>& sections, double t);

}  // namespace terpsi::generate
