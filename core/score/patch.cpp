#include "score/patch.h"

#include <algorithm>
#include <array>
#include <iterator>

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

// The first program of each run that one patch plays.
struct Run {
  int first;
  Name patch;
};
constexpr Run kRuns[] = {{0, kPiano},     {8, kBell},     {16, kOrgan},     {24, kGuitar},    {29, kDrive},
                         {31, kGuitar},   {32, kBass},    {38, kSynthBass}, {40, kStrings},   {45, kPluck},
                         {47, kDrumTone}, {48, kStrings}, {52, kVoice},     {55, kBrass},     {64, kReed},
                         {72, kPipe},     {80, kLead},    {88, kPad},       {104, kPluck},    {109, kReed},
                         {110, kStrings}, {111, kReed},   {112, kBell},     {113, kDrumTone}, {120, kPad}};

constexpr synth::Hit kSideStick{2, 0.012, 0.3, 820, 0.3};
constexpr synth::Hit kRide{2, 0.28, 0.13, 0, 0};
constexpr synth::Hit kSplash{2, 0.3, 0.2, 0, 0};
constexpr synth::Hit kShaker{2, 0.03, 0.14, 0, 0};
constexpr synth::Hit kCowbell{1, 0.06, 0.02, 587, 0.4};
constexpr synth::Hit kBlock{1, 0.02, 0.03, 1100, 0.45};
constexpr synth::Hit kTriangle{2, 0.25, 0.01, 3520, 0.16};
constexpr synth::Hit kClick{2, 0.015, 0.2, 0, 0};

// A drum with a skin: toms, congas, bongos.
constexpr synth::Hit skin(double hz) {
  synth::Hit hit = synth::kTom;
  hit.body_hz = hz;
  hit.decay = 0.05 + 8.0 / hz;
  return hit;
}

constexpr int kFirstDrum = 35;
constexpr DrumSound kDrums[] = {
    {true, {}, 1.0},                // 35 acoustic bass drum
    {true, {}, 1.0},                // 36 bass drum
    {false, kSideStick, 0.8},       // 37 side stick
    {false, synth::kSnare, 0.85},   // 38 acoustic snare
    {false, synth::kClap, 0.8},     // 39 hand clap
    {false, synth::kSnare, 0.85},   // 40 electric snare
    {false, skin(82), 0.85},        // 41 low floor tom
    {false, synth::kHat, 0.7},      // 42 closed hi-hat
    {false, skin(98), 0.85},        // 43 high floor tom
    {false, synth::kHat, 0.7},      // 44 pedal hi-hat
    {false, skin(116), 0.85},       // 45 low tom
    {false, synth::kOpenHat, 0.7},  // 46 open hi-hat
    {false, skin(138), 0.8},        // 47 low-mid tom
    {false, skin(164), 0.8},        // 48 high-mid tom
    {false, synth::kCrash, 0.8},    // 49 crash cymbal
    {false, skin(196), 0.8},        // 50 high tom
    {false, kRide, 0.8},            // 51 ride cymbal
    {false, kSplash, 0.8},          // 52 Chinese cymbal
    {false, kRide, 0.8},            // 53 ride bell
    {false, kShaker, 0.9},          // 54 tambourine
    {false, kSplash, 0.8},          // 55 splash cymbal
    {false, kCowbell, 0.6},         // 56 cowbell
    {false, synth::kCrash, 0.8},    // 57 crash cymbal
    {false, kClick, 0.6},           // 58 vibraslap
    {false, kRide, 0.8},            // 59 ride cymbal
    {false, skin(330), 0.5},        // 60 high bongo
    {false, skin(247), 0.55},       // 61 low bongo
    {false, skin(330), 0.5},        // 62 muted high conga
    {false, skin(247), 0.55},       // 63 open high conga
    {false, skin(196), 0.6},        // 64 low conga
    {false, skin(294), 0.6},        // 65 high timbale
    {false, skin(196), 0.6},        // 66 low timbale
    {false, kCowbell, 0.6},         // 67 high agogo
    {false, kCowbell, 0.6},         // 68 low agogo
    {false, kShaker, 0.9},          // 69 cabasa
    {false, kShaker, 0.9},          // 70 maracas
    {false, kClick, 0.6},           // 71 short whistle
    {false, kClick, 0.6},           // 72 long whistle
    {false, kClick, 0.6},           // 73 short guiro
    {false, kClick, 0.6},           // 74 long guiro
    {false, kBlock, 0.6},           // 75 claves
    {false, kBlock, 0.6},           // 76 high wood block
    {false, kBlock, 0.6},           // 77 low wood block
    {false, kClick, 0.6},           // 78 muted cuica
    {false, kClick, 0.6},           // 79 open cuica
    {false, kTriangle, 0.6},        // 80 muted triangle
    {false, kTriangle, 0.6},        // 81 open triangle
    {false, kShaker, 0.9},          // 82 shaker
};

}  // namespace

std::span<const Patch> patches() {
  return kAll;
}

std::size_t patch_of(int program) {
  const auto next = std::upper_bound(std::begin(kRuns), std::end(kRuns), program,
                                     [](int value, const Run& run) { return value < run.first; });
  return std::prev(next)->patch;
}

DrumSound drum_sound(int pitch) {
  const int row = pitch - kFirstDrum;
  return row >= 0 && row < static_cast<int>(std::size(kDrums)) ? kDrums[row] : DrumSound{false, kClick, 0.6};
}

}  // namespace terpsi::score
