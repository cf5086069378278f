#include "score/patch.h"

#include <array>

namespace terpsi::score {
namespace {

enum Name : std::size_t {
  kPiano,
  kBell,
  kOrgan,
  kGuitar,
  kDrive,
  kBass,
  kSynthBass,
  kStrings,
  kVoice,
  kPluck,
  kBrass,
  kReed,
  kPipe,
  kLead,
  kPad,
  kDrumTone,
  kPatches
};

constexpr std::array<Patch, kPatches> kAll = {{
    {Wave::soft, -0.4, 0.8, 0.002, 0.9, 0.0, 0.12, 0, 0, 0.95},    // piano
    {Wave::bell, 0.0, 0.8, 0.001, 0.55, 0.0, 0.25, 0, 0, 0.7},     // bell
    {Wave::organ, 0.2, 0.3, 0.006, 0, 1.0, 0.05, 0, 4, 0.5},       // organ
    {Wave::saw, 0.2, 1.2, 0.002, 0.55, 0.0, 0.08, 0, 0, 0.8},      // guitar
    {Wave::square, 0.0, 0.3, 0.003, 1.5, 0.4, 0.06, 6, 5, 0.5},    // overdriven guitar
    {Wave::saw, 0.3, 1.3, 0.003, 0.7, 0.2, 0.05, 0, 0, 1.25},      // bass
    {Wave::square, 0.1, 1.0, 0.003, 0.4, 0.5, 0.04, 0, 0, 1.0},    // synth bass
    {Wave::saw, 0.6, 0.5, 0.045, 0, 1.0, 0.16, 9, 5, 0.55},        // strings
    {Wave::reed, 0.5, 0.6, 0.05, 0, 1.0, 0.16, 8, 8, 0.55},        // voices
    {Wave::saw, 0.0, 1.4, 0.0015, 0.16, 0.0, 0.08, 0, 0, 1.0},     // plucked
    {Wave::saw, 0.5, 0.15, 0.018, 0.6, 0.8, 0.07, 5, 5, 0.65},     // brass
    {Wave::reed, 0.1, 0.2, 0.014, 0, 1.0, 0.06, 0, 8, 0.65},       // reed
    {Wave::soft, 0.4, 0.5, 0.022, 0, 1.0, 0.07, 0, 10, 0.8},       // pipe
    {Wave::square, 0.1, 0.4, 0.004, 0.8, 0.7, 0.06, 8, 10, 0.55},  // lead
    {Wave::soft, 0.0, 0.4, 0.06, 0, 1.0, 0.3, 12, 4, 0.6},         // pad
    {Wave::soft, 0.6, 1.6, 0.001, 0.16, 0.0, 0.05, 0, 0, 1.1},     // timpani, taiko
}};

constexpr synth::Hit kSideStick{2, 0.012, 0.3, 820, 0.3};
constexpr synth::Hit kRide{2, 0.28, 0.13, 0, 0};
constexpr synth::Hit kSplash{2, 0.3, 0.2, 0, 0};
constexpr synth::Hit kShaker{2, 0.03, 0.14, 0, 0};
constexpr synth::Hit kCowbell{1, 0.06, 0.02, 587, 0.4};
constexpr synth::Hit kBlock{1, 0.02, 0.03, 1100, 0.45};
constexpr synth::Hit kTriangle{2, 0.25, 0.01, 3520, 0.16};
constexpr synth::Hit kClick{2, 0.015, 0.2, 0, 0};

synth::Hit skin(double hz) {  // toms, congas, bongos
  synth::Hit hit = synth::kTom;
  hit.body_hz = hz;
  hit.decay = 0.05 + 8.0 / hz;
  return hit;
}

}  // namespace

std::span<const Patch> patches() {
  return kAll;
}

std::size_t patch_of(int program) {
  switch (program) {  // odd ones out of their families
    case 29:
    case 30:
      return kDrive;
    case 45:
    case 46:
      return kPluck;
    case 47:
      return kDrumTone;
    case 55:
      return kBrass;
    case 109:
      return kReed;
    case 110:
      return kStrings;
    case 111:
      return kReed;
    case 112:
      return kBell;
    default:
      break;
  }
  switch (program / 8) {
    case 1:
      return kBell;
    case 2:
      return kOrgan;
    case 3:
      return kGuitar;
    case 4:
      return program >= 38 ? kSynthBass : kBass;
    case 5:
      return kStrings;
    case 6:
      return program >= 52 ? kVoice : kStrings;
    case 7:
      return kBrass;
    case 8:
      return kReed;
    case 9:
      return kPipe;
    case 10:
      return kLead;
    case 11:
    case 12:
      return kPad;
    case 13:
      return kPluck;
    case 14:
      return kDrumTone;
    case 15:
      return kPad;
    default:
      return kPiano;
  }
}

DrumSound drum_sound(int pitch) {
  switch (pitch) {
    case 35:
    case 36:
      return {true, {}, 1.0};
    case 37:
      return {false, kSideStick, 0.8};
    case 38:
    case 40:
      return {false, synth::kSnare, 0.85};
    case 39:
      return {false, synth::kClap, 0.8};
    case 41:
      return {false, skin(82), 0.85};
    case 43:
      return {false, skin(98), 0.85};
    case 45:
      return {false, skin(116), 0.85};
    case 47:
      return {false, skin(138), 0.8};
    case 48:
      return {false, skin(164), 0.8};
    case 50:
      return {false, skin(196), 0.8};
    case 42:
    case 44:
      return {false, synth::kHat, 0.7};
    case 46:
      return {false, synth::kOpenHat, 0.7};
    case 49:
    case 57:
      return {false, synth::kCrash, 0.8};
    case 52:
    case 55:
      return {false, kSplash, 0.8};
    case 51:
    case 53:
    case 59:
      return {false, kRide, 0.8};
    case 54:
    case 69:
    case 70:
    case 82:
      return {false, kShaker, 0.9};
    case 56:
    case 67:
    case 68:
      return {false, kCowbell, 0.6};
    case 60:
    case 62:
      return {false, skin(330), 0.5};
    case 61:
    case 63:
      return {false, skin(247), 0.55};
    case 64:
    case 66:
      return {false, skin(196), 0.6};
    case 65:
      return {false, skin(294), 0.6};
    case 75:
    case 76:
    case 77:
      return {false, kBlock, 0.6};
    case 80:
    case 81:
      return {false, kTriangle, 0.6};
    default:
      return {false, kClick, 0.6};
  }
}

}  // namespace terpsi::score
