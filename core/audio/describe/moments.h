#pragma once
// Build-ups, drops and breakdowns, from means over bars.

#include <span>
#include <vector>

#include "audio/describe/energy.h"
#include "audio/music.h"

namespace terpsi::audio {

// Character::percussion below which describe() discards drops: without drums there is none to wait for.
inline constexpr double kDropPercussion = 0.1;

// bars: the start of every bar, seconds, ascending.
// - A breakdown begins where energy falls by 0.2 against the four bars before and lasts 2 to 32 bars, until
//   the energy returns. Calm intros and endings are none.
// - A build-up is a steady joint rise of onsets and brightness over 4, 8 or 16 bars, up to a bar where a
//   section starts or energy jumps.
// - A drop is the downbeat that ends either, where energy and bass together jump (after a build-up: hold).
// Strength: the fall, rise or jump, 0.5 = 1.
std::vector<Moment> find_moments(const Activity& activity, std::span<const double> bars,
                                 std::span<const Section> sections, double duration);

}  // namespace terpsi::audio
