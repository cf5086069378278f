#pragma once
// Orbit camera: looks at a point near the dancer, turned by dragging, approached by the wheel or a pinch.

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace terpsi::view {

struct Camera {
  // Where the viewer wants to be. Angles in radians, metres. yaw 0 looks at the dancer's face (from +Z).
  float yaw = 0.38f;
  float pitch = 0.16f;
  float distance = 4.3f;
  Eigen::Vector3f pan = Eigen::Vector3f::Zero();
  bool follow = true;

  // Where the camera is now; eases towards the above.
  float now_yaw = 0.38f, now_pitch = 0.16f, now_distance = 4.3f, now_spread = 0.f;
  Eigen::Vector3f now_target{0.f, 0.92f, 0.f};

  Eigen::Vector3f eye{0.f, 1.f, 4.f};
  Eigen::Matrix4f view = Eigen::Matrix4f::Identity();
  Eigen::Matrix4f projection = Eigen::Matrix4f::Identity();
};

void orbit(Camera& camera, float dx, float dy);  // CSS pixels dragged
void pan(Camera& camera, float dx, float dy);    // CSS pixels dragged
void zoom(Camera& camera, float factor);         // > 1 goes nearer
void go_home(Camera& camera);

// Where the camera's subject is to be seen: the part of the window that is free.
struct Framing {
  float aspect = 1;                // of the window
  float shift_x = 0, shift_y = 0;  // middle of the free part from that of the window, in half windows; right
                                   // and up are positive
  float width = 1, height = 1;     // of the free part, shares of the window's
};

// Eases towards the wanted place during `seconds` (0 or less: jumps there) and rebuilds the matrices. Dancers
// stand within `spread` metres of `dancer`. Returns true while still moving.
bool update(Camera& camera, const Eigen::Vector3f& dancer, float spread, float seconds,
            const Framing& framing);

}  // namespace terpsi::view
