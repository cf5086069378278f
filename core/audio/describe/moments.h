#pragma once
// Build-ups, drops and breakdowns.

#include <span>
#include <vector>

#include "audio/describe/energy.h"
#include "audio/music.h"

namespace terpsi::audio {

// Nobody waits for the drop of a song with less of Character::percussion: describe() leaves its drops out.
inline constexpr double kDropPercussion = 0.1;

// Looked for in means over bars. `bars`: start of every bar, seconds, ascending.
// - A breakdown begins where energy falls by kFall against the four bars before and lasts 2 to 32 bars,
//   until it is back (a song that ends, or begins, calmly has none).
// - A build-up is a rise of attacks and brightness together, steady over 4, 8 or 16 bars, that ends at a bar
//   where a section starts or energy jumps.
// - A drop is the downbeat that ends either, if energy and bass together jump there (after a build-up, hold).
// Strength is the fall, the rise or the jump, of kFull.
std::vector<Moment> find_moments(const Activity& activity, std::span<const double> bars,
                                 std::span<const Section> sections, double duration);

}  // namespace terpsi::audio
