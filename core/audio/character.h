#pragma once
// What kind of song it is, in numbers that a style of dance can be chosen by.

#include <span>

namespace terpsi::audio {

struct Hearing;
struct MusicAnalysis;

// Shares are 0 to 1 and absolute: they compare songs with each other, not moments of one song.
struct Character {
  double bpm = 120;
  int beats_per_bar = 4;
  double energy = 0;      // how much goes on: attacks a second, weight of bass, evenness of loudness
  double percussion = 0;  // attacks through most of the spectrum at once: drums; 1 = two or more a second
  double brightness = 0;  // share of power above 2 kHz, -30 dB = 0, -6 dB = 1
  double bass = 0;        // share of power below 200 Hz, -14 dB = 0, all of it = 1
  double tonality = 0;    // how far few pitch classes stand out of the others
  double swing = 0;       // share of attacks at two thirds of the beat, against those at its middle
  double four_floor = 0;  // as strong a bass attack on every beat, and weaker ones between
  double backbeat = 0;    // attacks above the bass on 2 and 4 against 1 and 3
  double latin = 0;       // bass attacks three and five quavers apart (tresillo, tumbao), not four
  double dynamics = 0;    // decibels between the 10th and the 90th percentile of loudness
  double steadiness = 0;  // of the beat: confidence x evenness of the tempo
};

// Reads tempo, metre, beats, loudness, onset of `music`; finite for any input that describe accepts.
Character find_character(const Hearing& heard, const MusicAnalysis& music);

}  // namespace terpsi::audio
