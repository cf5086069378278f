#pragma once
// The smoothest curve through given values.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace terpsi::generate {

// Values of `channels` quantities at `frames` moments, some of them given.
//   cost = sum |third difference|^2 + sum drag_i |x_i - x_(i-1)|^2 + sum pull_i |x_i - wanted_i|^2
// Without drag and pull this is the discrete form of the minimum-jerk curve [Flash 1985]: a quintic
// between given values, continuous in velocity and acceleration.
struct LeastJerk {
  std::size_t frames = 0, channels = 0;
  std::vector<double> values;       // frames x channels; in: the given ones, out: all
  std::vector<std::uint8_t> given;  // per frame: 1 = stays as it is
  std::vector<double> drag;         // per frame, or empty = 0
  std::vector<double> pull;         // per frame, or empty = 0
  std::vector<double> wanted;       // frames x channels, read where pull > 0; may be empty with it

  LeastJerk(std::size_t frames_, std::size_t channels_)
      : frames(frames_), channels(channels_), values(frames_ * channels_, 0.0), given(frames_, 0) {}

  double& at(std::size_t frame, std::size_t channel) { return values[frame * channels + channel]; }
};

// Fills the values that are not given; linear in frames. Where nothing is given nearby they tend to a
// constant, with nothing given at all to 0.
void solve(LeastJerk& curve);

// solve, then again with more and more drag where the curve swings beyond the given values around it:
// wherever |x| is more than `overshoot` times the larger of the nearest given |x| before and after, plus
// `slack`.
void keep_between(LeastJerk& curve, double overshoot, double slack);

}  // namespace terpsi::generate
