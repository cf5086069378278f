#include "generate/finish/stage.h"

#include <algorithm>
#include <cmath>

namespace terpsi::generate {
namespace {

constexpr float kInner = 0.4f;         // share of the radius where nothing is done
constexpr float kPlaceSeconds = 0.5f;  // time constant of the dancer's average place
constexpr float kDriftSeconds = 0.2f;  // time constant of the drift, so that it eases in and out
constexpr float kPull = 0.8f;  // drift in m/s per metre outside the inner stage, growing towards the edge

// How freely the root may be moved at this moment: 1 in the air, 0.15 on both feet.
float freedom(const motion::Frame& frame) {
  const bool left =
      frame.contacts[motion::kContactLAnkle] >= 0.5f || frame.contacts[motion::kContactLFoot] >= 0.5f;
  const bool right =
      frame.contacts[motion::kContactRAnkle] >= 0.5f || frame.contacts[motion::kContactRFoot] >= 0.5f;
  if (left && right) return 0.15f;
  return left || right ? 0.5f : 1.f;
}

}  // namespace

void keep_on_stage(motion::Clip& clip, float radius) {
  if (!(radius > 0.f) || !std::isfinite(radius) || clip.frames.empty() || !(clip.fps > 0.f)) return;
  using Vec2 = Eigen::Vector2f;
  const float dt = 1.f / clip.fps;
  const float inner = kInner * radius;
  Vec2 shift = Vec2::Zero(), drift = Vec2::Zero();
  Vec2 place(clip.frames[0].root.x(), clip.frames[0].root.z());
  for (motion::Frame& frame : clip.frames) {
    const Vec2 now = Vec2(frame.root.x(), frame.root.z()) + shift;
    place += dt / kPlaceSeconds * (now - place);
    const float distance = place.norm();
    Vec2 wanted = Vec2::Zero();
    if (distance > inner) {
      const float out = (distance - inner) / (radius - inner);  // 1 at the edge
      const float free = std::min(1.f, freedom(frame) + std::max(0.f, out - 0.3f));
      wanted = place * (-free * kPull * (distance - inner) * (1.f + 4.f * out * out) / distance);
    }
    drift += dt / kDriftSeconds * (wanted - drift);
    shift += dt * drift;
    frame.root.x() += shift.x();
    frame.root.z() += shift.y();
  }
}

}  // namespace terpsi::generate
