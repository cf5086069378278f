#include "camera.h"

#include <algorithm>
#include <cmath>

namespace terpsi::view {
namespace {

constexpr float kFieldOfView = 0.60f;  // vertical, radians: a longish lens flatters bodies
constexpr float kNear = 0.1f;
constexpr float kFar = 60.f;
constexpr float kArm = 0.85f;        // m, from the pelvis to a stretched hand, seen from the front
constexpr float kEyeHeight = 0.92f;  // m, the height looked at

Eigen::Matrix4f look_at(const Eigen::Vector3f& eye, const Eigen::Vector3f& target) {
  const Eigen::Vector3f back = (eye - target).normalized();
  const Eigen::Vector3f right = Eigen::Vector3f::UnitY().cross(back).normalized();
  const Eigen::Vector3f up = back.cross(right);
  Eigen::Matrix4f m = Eigen::Matrix4f::Identity();
  m.block<1, 3>(0, 0) = right.transpose();
  m.block<1, 3>(1, 0) = up.transpose();
  m.block<1, 3>(2, 0) = back.transpose();
  m(0, 3) = -right.dot(eye);
  m(1, 3) = -up.dot(eye);
  m(2, 3) = -back.dot(eye);
  return m;
}

Eigen::Matrix4f perspective(float aspect, float shift_x, float shift_y, float half_height) {
  Eigen::Matrix4f m = Eigen::Matrix4f::Zero();
  m(0, 0) = 1.f / (half_height * aspect);
  m(1, 1) = 1.f / half_height;
  m(0, 2) = -shift_x;
  m(1, 2) = -shift_y;
  m(2, 2) = -(kFar + kNear) / (kFar - kNear);
  m(2, 3) = -2.f * kFar * kNear / (kFar - kNear);
  m(3, 2) = -1.f;
  return m;
}

}  // namespace

void orbit(Camera& camera, float dx, float dy) {
  camera.yaw -= dx * 0.0065f;
  camera.pitch = std::clamp(camera.pitch + dy * 0.005f, -0.04f, 1.45f);
}

void pan(Camera& camera, float dx, float dy) {
  const float scale = camera.now_distance * 0.0011f;
  camera.pan.x() -= std::cos(camera.now_yaw) * dx * scale;
  camera.pan.z() += std::sin(camera.now_yaw) * dx * scale;
  camera.pan.y() = std::clamp(camera.pan.y() + dy * scale, -0.7f, 1.5f);
  camera.pan = camera.pan.cwiseMax(-4.f).cwiseMin(4.f);
}

void zoom(Camera& camera, float factor) {
  camera.distance = std::clamp(camera.distance / std::max(factor, 0.01f), 1.3f, 14.f);
}

void go_home(Camera& camera) {
  const Camera home;
  camera.yaw = home.yaw + 6.2831853f * std::round((camera.now_yaw - home.yaw) / 6.2831853f);
  camera.pitch = home.pitch;
  camera.distance = home.distance;
  camera.pan = home.pan;
}

bool update(Camera& camera, const Eigen::Vector3f& dancer, float spread, float seconds,
            const Framing& framing) {
  Eigen::Vector3f target{camera.follow ? dancer.x() : 0.f, kEyeHeight, camera.follow ? dancer.z() : 0.f};
  target += camera.pan;

  const float quick = seconds <= 0.f ? 1.f : 1.f - std::exp(-seconds * 14.f);
  const float slow = seconds <= 0.f ? 1.f : 1.f - std::exp(-seconds * 2.6f);
  const Eigen::Vector3f step = (target - camera.now_target) * slow;
  const float turn = (camera.yaw - camera.now_yaw) * quick;
  const float tilt = (camera.pitch - camera.now_pitch) * quick;
  const float approach = (camera.distance - camera.now_distance) * quick;
  camera.now_target += step;
  camera.now_yaw += turn;
  camera.now_pitch += tilt;
  camera.now_distance += approach;
  const float widen = (spread - camera.now_spread) * slow;
  camera.now_spread += widen;

  // Narrow windows need more distance to show both hands of a dancer.
  const float narrow = std::max(1.f, 0.82f / std::max(framing.aspect, 0.2f));
  float distance = camera.now_distance * std::max(narrow, 0.86f / std::clamp(framing.height, 0.4f, 1.f));
  if (camera.now_spread > 0.01f) {  // several dancers: the outermost with their arms, also those in front
    const float half_width = std::tan(kFieldOfView / 2) * framing.aspect * std::max(framing.width, 0.2f);
    const float needed = (camera.now_spread + kArm) / half_width + 0.2f * camera.now_spread;
    distance = std::max(distance, needed * camera.now_distance / Camera().distance);
  }
  const Eigen::Vector3f direction{std::sin(camera.now_yaw) * std::cos(camera.now_pitch),
                                  std::sin(camera.now_pitch),
                                  std::cos(camera.now_yaw) * std::cos(camera.now_pitch)};
  camera.eye = camera.now_target + direction * distance;
  camera.eye.y() = std::max(camera.eye.y(), 0.06f);
  camera.view = look_at(camera.eye, camera.now_target);
  camera.projection =
      perspective(framing.aspect, framing.shift_x, framing.shift_y, std::tan(kFieldOfView / 2));
  return std::abs(turn) > 1e-4f || std::abs(tilt) > 1e-4f || std::abs(approach) > 1e-4f ||
         std::abs(widen) > 2e-4f || step.norm() > 2e-4f;
}

}  // namespace terpsi::view
