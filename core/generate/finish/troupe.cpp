#include "generate/finish/troupe.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/curves.h"
#include "base/limits.h"
#include "generate/finish/breathing.h"
#include "generate/finish/ending.h"
#include "generate/finish/frame_blend.h"
#include "generate/plan/beat_grid.h"
#include "motion/foot_lock.h"
#include "motion/kinematics.h"
#include "motion/mirror.h"

namespace terpsi::generate {
namespace {

using Vec2 = Eigen::Vector2f;

constexpr float kWedge = 0.6f;      // radians that the arms of the wedge lean back
constexpr float kApart = 1.02f;     // steps in which places move apart
constexpr float kMostApart = 40.f;  // times the spacing asked for
constexpr double kTail = 1.5;       // seconds before the last reach that the feet are locked again from
constexpr double kTailFade = 0.5;   // seconds
constexpr float kWaitingBreath = 0.6f;

std::vector<Vec2> places(const TroupeOptions& options) {
  const float lean = options.layout == Layout::wedge ? kWedge : 0.f;
  std::vector<Vec2> out;
  Vec2 middle = Vec2::Zero();
  for (int k = 0; k < options.dancers; ++k) {
    const auto rank = static_cast<float>((k + 1) / 2);
    const float side = k % 2 == 1 ? 1.f : -1.f;
    out.emplace_back(side * rank * std::cos(lean), -rank * std::sin(lean));
    middle += out.back() / static_cast<float>(options.dancers);
  }
  for (Vec2& place : out) place = options.spacing * (place - middle);
  return out;
}

motion::Frame sampled(const motion::Clip& clip, double frame) {
  const double last = static_cast<double>(clip.size() - 1);
  const double x = std::clamp(frame, 0.0, last);
  const auto i = static_cast<std::size_t>(x);
  const auto u = static_cast<float>(x - static_cast<double>(i));
  return u < 1e-4f ? clip.frames[i]
                   : blended(clip.frames[i], clip.frames[std::min(i + 1, clip.size() - 1)], u);
}

// The dance `beats` later; until then the dancer stands as in its first frame.
motion::Clip delayed(const motion::Clip& clip, const std::vector<double>& music_beats, double beats) {
  BeatGrid grid;
  grid.beats = music_beats;
  if (!grid.known()) grid.beats = {0, 0.5};
  const auto fps = static_cast<double>(clip.fps);
  motion::Clip out;
  out.fps = clip.fps;
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const double t = static_cast<double>(i) / fps;
    const double source = beat_time(grid, beat_position(grid, t) - beats);
    out.frames.push_back(sampled(clip, source * fps));
    if (source < 0)
      add_breath(out.frames.back(), t,
                 kWaitingBreath * static_cast<float>(minimum_jerk(-source / kTailFade)));
  }
  return out;
}

// Ends a delayed dance with the others, in their pose.
void end_together(motion::Clip& clip, const motion::Clip& lead, double beat) {
  const auto fps = static_cast<double>(clip.fps);
  if (!(beat - kLongestReach - kTail > 0) || beat * fps + 1 >= static_cast<double>(clip.size())) return;
  const auto arrived = static_cast<std::size_t>(std::ceil(beat * fps));
  motion::Clip tail;
  tail.fps = clip.fps;
  const auto from = static_cast<std::size_t>((beat - kLongestReach - kTail) * fps);
  tail.frames.assign(clip.frames.begin() + static_cast<std::ptrdiff_t>(from), clip.frames.end());
  end_dance_in(tail, beat - static_cast<double>(from) / fps, kLongestReach, lead.frames[arrived]);
  motion::lock_feet(tail, motion::FootLock::automatic);
  for (std::size_t i = from; i < clip.size(); ++i) {
    const double u = static_cast<double>(i - from) / (kTailFade * fps) - 0.5;
    clip.frames[i] = blended(clip.frames[i], tail.frames[i - from], static_cast<float>(minimum_jerk(u)));
  }
}

// A dancer's body seen from above, without its place.
struct Outline {
  std::array<Vec2, motion::kJoints> joints;
  Vec2 middle;
  float radius;
};

std::vector<Outline> outlines(const motion::Clip& clip) {
  std::vector<Outline> out;
  out.reserve(clip.size());
  for (const motion::Frame& frame : clip.frames) {
    Outline o;
    const motion::JointPositions p = motion::joint_positions(frame);
    o.middle = {p[0].x(), p[0].z()};
    o.radius = 0.f;
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      o.joints[j] = {p[j].x(), p[j].z()};
      o.radius = std::max(o.radius, (o.joints[j] - o.middle).norm());
    }
    out.push_back(o);
  }
  return out;
}

// Whether b, moved by `offset`, keeps clear of a.
bool clear(const Outline& a, const Outline& b, const Vec2& offset) {
  if ((b.middle + offset - a.middle).norm() >= a.radius + b.radius + kClearance) return true;
  for (const Vec2& p : a.joints) {
    for (const Vec2& q : b.joints) {
      if ((q + offset - p).squaredNorm() < kClearance * kClearance) return false;
    }
  }
  return true;
}

// How many times further apart the places must be.
float apart(const std::vector<motion::Clip>& dancers, const std::vector<Vec2>& at) {
  std::vector<std::vector<Outline>> bodies;
  for (const motion::Clip& clip : dancers) bodies.push_back(outlines(clip));
  float factor = 1.f;
  for (bool moved = true; moved && factor < kMostApart;) {
    moved = false;
    for (std::size_t a = 0; a < bodies.size(); ++a) {
      for (std::size_t b = a + 1; b < bodies.size(); ++b) {
        for (std::size_t i = 0; i < bodies[a].size(); ++i) {
          while (factor < kMostApart && !clear(bodies[a][i], bodies[b][i], factor * (at[b] - at[a])))
            factor *= kApart, moved = true;
        }
      }
    }
  }
  return factor;
}

Status check(const motion::Clip& lead, const TroupeOptions& options) {
  if (lead.frames.empty()) return Error{ErrorCode::empty, "there is no dance to make more dancers from"};
  if (options.dancers < 1 || options.dancers > limits::kMaxDancers) {
    return Error{ErrorCode::invalid_argument,
                 "the number of dancers must be from 1 to " + std::to_string(limits::kMaxDancers)};
  }
  const auto spacing = static_cast<double>(options.spacing);
  if (!(spacing >= limits::kMinSpacing && spacing <= limits::kMaxSpacing))
    return Error{ErrorCode::invalid_argument, "the spacing of dancers must be from 0.5 to 10 metres"};
  if (options.canon_beats < 1 || options.canon_beats > 16)
    return Error{ErrorCode::invalid_argument, "a canon's dancers follow each other after 1 to 16 beats"};
  return ok_status();
}

}  // namespace

Result<Troupe> make_troupe(const motion::Clip& lead, const Condition& condition,
                           const TroupeOptions& options) {
  if (auto status = check(lead, options); !status) return status.error();
  Troupe troupe;
  for (int k = 0; k < options.dancers; ++k) {
    const bool mirrored = options.formation == Formation::mirror && k % 2 == 1;
    motion::Clip clip = mirrored ? motion::mirrored(lead) : lead;
    if (options.formation == Formation::canon && k > 0) {
      clip = delayed(lead, condition.beats, static_cast<double>(k * options.canon_beats));
      end_together(clip, lead, condition.final_beat);
    }
    troupe.dancers.push_back(std::move(clip));
  }
  std::vector<Vec2> at = places(options);
  const float factor = apart(troupe.dancers, at);
  troupe.spacing = factor * options.spacing;
  for (std::size_t k = 0; k < troupe.dancers.size(); ++k) {
    for (motion::Frame& frame : troupe.dancers[k].frames) {
      frame.root.x() += factor * at[k].x();
      frame.root.z() += factor * at[k].y();
    }
  }
  return troupe;
}

}  // namespace terpsi::generate
