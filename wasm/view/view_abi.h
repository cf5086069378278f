#pragma once
// Numbers shared by the view and the page. web/generate.mjs turns them into web/src/generated/abi.ts: every
// enumerator stands on a line of its own, with its comment.

namespace terpsi::view {

inline constexpr int kFrameFloats = 103;  // a frame: root 3, 24 quaternions x y z w, contacts 4

// Float arrays of view_buffer.
enum ViewBuffer : int {
  kWaveform,     // 60 peaks a second, 0 to 1
  kBeats,        // seconds
  kBeatInBar,    // 1 = downbeat; one per beat
  kSections,     // start, end, label; three per section
  kFrames,       // dancers x frames x kFrameFloats
  kEights,       // starts of the counts of 8, seconds
  kEnergyCurve,  // 30 a second, 0 to 1
  kMoments,      // kind, start, end, strength; four per moment (wasm/core_abi.h)
};

// Numbers of view_set; switches are 0 or 1.
enum Setting : int {
  kPlaying,
  kProgress,
  kStyle,
  kEnergy,
  kSeed,
  kMirror,
  kTrails,
  kLoop,
  kSpeed,
  kReducedMotion,
  kGenerationSeconds,
  kAnalysisSeconds,
  kHasSong,
  kPanelOpen,
  kVariation,
  kDancers,
  kFormation,  // a generate::Formation
  kSpacing,    // metres
  kClick,
  kCalm,     // how much the dancers stand and breathe instead of dancing
  kCounted,  // a Counted
  kGiven,    // 1: the dance comes from a file without its song; no other dance can be made
  kBare,     // 1: the stage alone, without panels
};

// One row per Setting, in its order: lowest, highest, and what it is at the start.
inline constexpr double kSettingRows[][3] = {
    {0, 1, 0},           // kPlaying
    {0, 1, 1},           // kProgress
    {0, 1e3, 0},         // kStyle
    {0, 1, 0.5},         // kEnergy
    {0, 4294967295, 1},  // kSeed
    {0, 1, 0},           // kMirror
    {0, 1, 1},           // kTrails
    {0, 1, 0},           // kLoop
    {0, 10, 1},          // kSpeed
    {0, 1, 0},           // kReducedMotion
    {0, 1e9, 0},         // kGenerationSeconds
    {0, 1e9, 0},         // kAnalysisSeconds
    {0, 1, 0},           // kHasSong
    {0, 1, 1},           // kPanelOpen
    {0, 1, 0.3},         // kVariation
    {1, 8, 1},           // kDancers
    {0, 2, 0},           // kFormation
    {0, 100, 2},         // kSpacing
    {0, 1, 0},           // kClick
    {0, 1, 0},           // kCalm
    {0, 2, 0},           // kCounted
    {0, 1, 0},           // kGiven
    {0, 1, 0},           // kBare
};
inline constexpr int kSettings = sizeof kSettingRows / sizeof kSettingRows[0];
static_assert(kSettings == kBare + 1);

// Who counted the beats of a song.
enum class Counted : int {
  classical,  // the tracker without a network
  network,
  score,
};

// Texts of view_text.
enum ViewText : int {
  kStyleNames,  // one a line, first "auto"
  kStyleName,
  kBackend,
  kSectionStyles,  // one line per section; empty: like the rest
  kStyleReason,    // why "auto" chose kStyleName; empty: nothing is shown
};

// Of view_pointer.
enum PointerKind : int {
  kMove,
  kDown,
  kUp,
  kLeave,
};

// What the viewer asked for; the number in `value` is the new setting, `where` what it is for.
enum class Command : int {
  none,
  play,           // toggles
  stop,           // pause at 0
  seek,           // seconds
  style,          // index into styles
  energy,         // 0 to 1
  seed,           // 0 to 2^32 - 1
  regenerate,     // the same settings with a new seed
  mirror,         // 0 or 1
  speed,          // 0.25 to 1.5
  loop,           // 0 or 1
  loop_start,     // seconds
  loop_end,       // seconds
  trails,         // 0 or 1
  cancel,         // stop making the dance
  variation,      // 0 to 1
  section_style,  // index into styles, 0 like the rest; where: number of the section from 0, or -1 - label for
                  // all sections of that label
  dancers,        // 1 to 8
  formation,      // a generate::Formation
  spacing,        // metres
  click,          // 0 or 1
  listening,      // 1 by the beat network, 0 without
};

}  // namespace terpsi::view
