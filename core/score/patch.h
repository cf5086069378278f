#pragma once
// What General MIDI programs sound like here: a spectrum that darkens, and an envelope.

#include <cstddef>
#include <span>

#include "synth/drums.h"

namespace terpsi::score {

// Relative strength of the harmonics, before the tilt.
enum class Wave {
  saw,     // all, 1 / h
  square,  // odd ones, 1 / h
  soft,    // all, 1 / h^2
  organ,   // drawbars: 1, 2, 3, 4, 6, 8
  reed,    // formants around the third and fifth
  bell,    // 1, 3, 4, 7, 10
};

struct Patch {
  Wave wave;
  double bright, dark;  // harmonic h is weakened by h^-tilt: at the start and at the end of a note
  double attack;        // seconds
  double decay;         // seconds to 1/e at middle C, longer below; 0 = none
  double sustain;       // 0 to 1: what the decay falls to
  double release;       // seconds
  double detune;        // cents between two voices, 0 = a single voice
  double vibrato;       // cents, from 0.2 s on
  double gain;
};

std::span<const Patch> patches();

// Which of patches() plays a program, 0 to 127.
std::size_t patch_of(int program);

// A drum of the General MIDI map. Where `kick` is set the hit is not used.
struct DrumSound {
  bool kick;
  synth::Hit hit;
  double gain;
};

// `pitch`: 0 to 127; what the map does not name is a short click.
DrumSound drum_sound(int pitch);

}  // namespace terpsi::score
