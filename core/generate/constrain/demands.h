#pragma once
// What constraints demand of each frame.

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "generate/constrain/constraints.h"
#include "motion/clip.h"

namespace terpsi::generate {

struct Demands {
  enum : std::uint8_t { kX = 1, kY = 2, kZ = 4, kHeading = 8, kTilt = 16 };
  std::vector<JointSet> joints;  // joints whose rotation is demanded
  // kX, kY, kZ: of the root; kHeading, kTilt: of the pelvis where its bit in `joints` is not set.
  std::vector<std::uint8_t> places;
  // Values; the pelvis has the demanded heading with kHeading alone, the demanded tilt with kTilt alone.
  std::vector<motion::Frame> frames;
};

// Demands on a clip of this many frames. Preconditions: validate (validate.h).
Demands demands(const Constraints& constraints, std::size_t frames);

inline constexpr float kSameDegrees = 0.1f, kSameMetres = 0.001f;
inline constexpr float kFastestTurn = 25.f;   // rad/s of a joint between neighbouring demands
inline constexpr float kFastestTravel = 8.f;  // m/s of the root between neighbouring demands

// Errors: invalid_argument when demands contradict each other by more than kSameDegrees or kSameMetres, or no
// body gets from one to the next in the time between them. Preconditions: as demands().
Status check_demands(const Constraints& constraints, std::size_t frames);

}  // namespace terpsi::generate
