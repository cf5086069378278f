#pragma once
// The columns of the condition, what the network is given of the music frame by frame.
// generate/plan/condition.h says how each is computed.

namespace terpsi::manifest {

struct ConditionLayout {
  static constexpr int kVersion = 1;
  static constexpr int kBeatPhase = 0;    // sin, cos of 2 pi phase; phase 0 on a dance beat
  static constexpr int kPhrasePhase = 2;  // sin, cos over 4 dance beats
  static constexpr int kEightPhase = 4;   // sin, cos over 8 dance beats
  static constexpr int kTempo = 6;        // log2(dance tempo / 120)
  static constexpr int kEnergy = 7;       // 0 to 1
  static constexpr int kAccent = 8;       // 0 to 1
  static constexpr int kBeatsKnown = 9;   // 1 where the columns 0 to 6 are known, else they are 0
  static constexpr int kFixedColumns = 10;
  static constexpr int kStyles = kFixedColumns;  // the first of the style weights
};

}  // namespace terpsi::manifest
