#pragma once
// What the steps of blending share: the clip that is changed, the dance as it was, what is demanded of it,
// and how long changes fade.

#include <array>
#include <vector>

#include "generate/constrain/constraints.h"
#include "generate/constrain/demands.h"
#include "generate/constrain/least_jerk.h"

namespace terpsi::generate {

inline constexpr std::array<std::size_t, 9> kLowerBody = {motion::kPelvis, motion::kLHip,  motion::kRHip,
                                                          motion::kLKnee,  motion::kRKnee, motion::kLAnkle,
                                                          motion::kRAnkle, motion::kLFoot, motion::kRFoot};
// Seconds a pose fades, and the longest that a place or a heading does.
inline constexpr double kShortestFade = 0.4, kLongestFade = 2.5, kLongestPlaceFade = 6.0;
inline constexpr double kSwaySigma = 15;  // frames; slower than this is travel, faster is sway
inline constexpr double kPathPull =
    4e-6;  // of a path between its points: follows changes over about 8 frames
inline constexpr double kOvershoot = 1.2;  // of a fade beyond the differences it joins

struct BlendState {
  motion::Clip& clip;
  const motion::Clip dance;  // the clip as it was
  motion::Clip base;         // the clip before kept ranges were faded in
  const Constraints& constraints;
  const Demands demands;
  std::size_t frames;
  double budget;                                  // jerk that a fade may add, m/s^3
  std::vector<FrameRange> spans;                  // of the kept ranges
  std::vector<std::array<std::size_t, 2>> fades;  // frames, of the kept ranges: before, after
  std::vector<std::size_t> pose_reach;  // frames around each one in which the dance leads to its pose

  // The clip must have validated constraints, which must outlive the state.
  BlendState(motion::Clip& clip_, const Constraints& constraints_);
};

bool demanded(const BlendState& s, std::size_t frame, std::size_t joint);

// Index of the range that keeps this joint in this frame, or -1.
int keeper(const BlendState& s, std::size_t frame, std::size_t joint);

// From `base` to `target`, in the parent's frame: target = exp(offset) base. Rotation vectors, radians.
Eigen::Vector3d offset_of(const motion::Quat& target, const motion::Quat& base);
motion::Quat moved(const motion::Quat& base, const Eigen::Vector3d& offset);

// The rotation vector of the same rotation that is nearest to `reference`.
Eigen::Vector3d unwrapped(const Eigen::Vector3d& v, const Eigen::Vector3d& reference);

// Seconds a change of this size fades: a quintic from rest to rest over L seconds has a jerk of 60 size / L^3
// at its ends; `budget` is the most of it, m/s^3.
double fade_seconds(double metres, double budget);

// Largest distance between the same joint of two poses, the roots aligned in the plane, metres.
double pose_distance(const motion::Frame& a, const motion::Frame& b);

// Mean over the joints of |third difference| fps^3, m/s^3. Entry f: frames f to f + 3; empty for clips of
// less than 4 frames.
std::vector<double> joint_jerk(const motion::Clip& clip);

// Gaussian of that many frames. Beyond the ends the curve continues point-symmetrically, so that a steady
// movement stays steady.
std::vector<double> smooth(const std::vector<double>& values, double sigma);

// Gives 0 to all frames that are not within the reach of a given one.
void rest_far_away(LeastJerk& curve, const std::vector<std::size_t>& reach);

}  // namespace terpsi::generate
