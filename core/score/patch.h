#pragma once
// The sound of General MIDI programs and percussion: a wavetable spectrum with an envelope.

#include <cstddef>
#include <span>

#include "synth/drums.h"

namespace terpsi::score {

// Amplitudes of the harmonics before the tilt.
enum class Wave {
  saw,     // all, 1 / h
  square,  // odd, 1 / h
  soft,    // all, 1 / h^2
  organ,   // drawbars: 1, 2, 3, 4, 6, 8
  reed,    // formants around the third and fifth
  bell,    // 1, 3, 4, 7, 10
};

struct Patch {
  Wave wave;
  double bright, dark;  // spectral tilt h^-tilt at the start and at the end of a note
  double attack;        // seconds
  double decay;         // seconds to 1/e at middle C, longer below; 0 = none
  double sustain;       // 0 to 1, the level that the decay approaches
  double release;       // seconds
  double detune;        // cents between two voices, 0 = a single voice
  double vibrato;       // cents, from 0.2 s on
  double gain;
};

std::span<const Patch> patches();

// Index into patches() of a program, 0 to 127.
std::size_t patch_of(int program);

struct DrumSound {
  bool kick;  // synth::kick; `hit` does not apply
  synth::Hit hit;
  double gain;
};

// General MIDI percussion, pitch 0 to 127; a short click where the map has none.
DrumSound drum_sound(int pitch);

}  // namespace terpsi::score
