#include "picture/poster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/curves.h"
#include "motion/kinematics.h"
#include "picture/body_caster.h"
#include "picture/key_poses.h"
#include "picture/stage_light.h"

namespace terpsi::picture {
namespace {

constexpr int kWidth = kPosterWidth, kHeight = kPosterHeight;
constexpr int kPoses = 5;
constexpr int kSubpixels = 4;  // a side, of a pixel on an edge

// Where the poses stand, metres, in the order of time: an arc around the middle one.
struct Place {
  float x, z;
  float light;  // share of the light that reaches the body
};
constexpr std::array<Place, kPoses> kPlaces = {{{-2.15f, -1.05f, 0.42f},
                                                {-1.13f, -0.42f, 0.72f},
                                                {0, 0, 1},
                                                {1.13f, -0.42f, 0.72f},
                                                {2.15f, -1.05f, 0.42f}}};

using Light = std::vector<Vec3>;  // of each pixel, rows from the top, linear RGB

std::size_t pixel(int x, int y) {
  return static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
}

// The poses on their places, each centred on its extent from side to side.
std::vector<Figure> placed_figures(const format::Dance& dance) {
  std::vector<motion::Frame> poses = key_poses(dance, kPoses);
  std::vector<Figure> figures;
  const std::size_t first = (kPoses - poses.size()) / 2;  // few poses stand in the middle
  for (std::size_t i = 0; i < poses.size(); ++i) {
    const Place& place = kPlaces[first + i];
    poses[i].root = {0, std::clamp(poses[i].root.y(), 0.f, 2.f), place.z};
    const motion::JointPositions joints = motion::joint_positions(poses[i]);
    float left = 0, right = 0;
    for (const Vec3& p : joints) left = std::min(left, p.x()), right = std::max(right, p.x());
    poses[i].root.x() = place.x - (left + right) / 2;
    figures.push_back({motion::make_body(motion::world_pose(poses[i])), place.light});
  }
  return figures;
}

// Floor and wall behind the figures.
Light background(const std::vector<Figure>& figures, const Camera& camera) {
  const Shadows shadows(figures);
  const Reflection reflection(figures, camera, kWidth, kHeight);
  Light light(static_cast<std::size_t>(kWidth) * kHeight);
  const float aspect = static_cast<float>(kWidth) / kHeight;
  const float horizon_pixel = camera.cy + camera.scale * camera.forward.y() / -camera.forward.z();
  const float horizon = 1 - 2 * horizon_pixel / kHeight;
  for (int y = 0; y < kHeight; ++y) {
    const float py = static_cast<float>(y) + 0.5f, sy = 1 - 2 * py / kHeight;
    const Vec3 row = camera.ray(0.5f, py), next = camera.ray(0.5f, py + 1);
    const float t = row.y() < -1e-4f ? -camera.eye.y() / row.y() : 0;
    const float z = camera.eye.z() + t * row.z(), wide = t / camera.scale;
    const float deep =
        next.y() < -1e-4f ? std::abs(camera.eye.z() - camera.eye.y() / next.y() * next.z() - z) : 1e3f;
    for (int x = 0; x < kWidth; ++x) {
      const float px = static_cast<float>(x) + 0.5f;
      Vec3& out = light[pixel(x, y)];
      out = wall_light(2 * px / kWidth - 1, sy, horizon, aspect);
      if (t <= 0) continue;
      const float fx = camera.eye.x() + t * (px - camera.cx) / camera.scale;
      const float fade = 1 - smoothstep(std::hypot(fx, z - camera.eye.z() * 0.15f), 3.5f, 11.f);
      if (fade <= 0) continue;
      const float slant =
          1 - std::clamp(camera.eye.y() / std::hypot(fx, z - camera.eye.z(), camera.eye.y()), 0.f, 1.f);
      const Vec3 floor = floor_light(fx, z, wide, deep, slant * slant * slant * slant, shadows.at(fx, z));
      out += (floor + 0.22f * reflection.at(px, py) - out) * fade;
    }
  }
  return light;
}

// A pixel on an edge: the mean over its subpixels, each cone it shows lit once.
Vec3 edge_light(const std::vector<Figure>& figures, const BodyCaster& caster, int x, int y,
                const Vec3& behind) {
  struct Part {
    Hit hit;
    Vec3 ray;
    int samples;
  };
  std::array<Part, kSubpixels * kSubpixels> parts;
  std::size_t count = 0;
  for (int k = 0; k < kSubpixels * kSubpixels; ++k) {
    const Vec3 ray =
        caster.camera().ray(static_cast<float>(x) + (static_cast<float>(k % kSubpixels) + 0.5f) / kSubpixels,
                            static_cast<float>(y) + (static_cast<float>(k / kSubpixels) + 0.5f) / kSubpixels);
    const Hit sample = caster.cast(ray, caster.near(x, y));
    std::size_t p = 0;
    while (p < count && parts[p].hit.cone != sample.cone) ++p;
    if (p == count) parts[count++] = {sample, ray, 0};
    ++parts[p].samples;
  }
  Vec3 sum = Vec3::Zero();
  for (std::size_t p = 0; p < count; ++p)
    sum += (parts[p].hit.cone < 0 ? behind : body_light(figures, caster, parts[p].hit, parts[p].ray)) *
           static_cast<float>(parts[p].samples);
  return sum / (kSubpixels * kSubpixels);
}

// Over the background: every pixel's centre first, then finer where neighbours show different cones.
void draw_figures(const std::vector<Figure>& figures, const Camera& camera, Light& light) {
  const BodyCaster caster(figures, camera, kWidth, kHeight);
  const auto centre = [&](int x, int y) {
    return camera.ray(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
  };
  std::vector<Hit> hits(light.size());
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto& near = caster.near(x, y);
      if (!near.empty()) hits[pixel(x, y)] = caster.cast(centre(x, y), near);
    }
  }
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (caster.near(x, y).empty()) continue;
      const std::size_t i = pixel(x, y);
      const int here = hits[i].cone;
      const bool edge = (x > 0 && hits[i - 1].cone != here) || (x + 1 < kWidth && hits[i + 1].cone != here) ||
                        (y > 0 && hits[i - kWidth].cone != here) ||
                        (y + 1 < kHeight && hits[i + kWidth].cone != here);
      if (edge)
        light[i] = edge_light(figures, caster, x, y, light[i]);
      else if (here >= 0)
        light[i] = body_light(figures, caster, hits[i], centre(x, y));
    }
  }
}

// Linear light to sRGB, 0 to 255, with the shoulder of shaders/common.glsl.
class ToneCurve {
 public:
  ToneCurve() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const float root = static_cast<float>(i) / kSteps * 2.f, c = root * root;
      const float rolled = c * (1 + c * 0.18f) / (1 + c * 0.62f);
      values_[i] =
          255.f * (rolled < 0.0031308f ? rolled * 12.92f : 1.055f * std::pow(rolled, 1 / 2.4f) - 0.055f);
    }
  }

  float operator()(float light) const {
    const float at = std::sqrt(std::clamp(light, 0.f, 3.99f)) * (kSteps / 2.f);
    const auto i = static_cast<std::size_t>(at);
    return values_[i] + (values_[i + 1] - values_[i]) * (at - static_cast<float>(i));
  }

 private:
  static constexpr float kSteps = 2048;
  std::array<float, 2050> values_;
};

}  // namespace

Picture draw_poster(const format::Dance& dance) {
  const std::vector<Figure> figures = placed_figures(dance);
  const Camera camera = camera_for(figures, kWidth, kHeight);
  Light light = background(figures, camera);
  draw_figures(figures, camera, light);

  static const ToneCurve curve;
  Picture out{kWidth, kHeight, std::vector<std::uint8_t>(light.size() * 3)};
  std::uint8_t* to = out.rgb.data();
  for (const Vec3& rgb : light) {
    // Green is rounded first and takes the others along: where all change together, a PNG file is smaller.
    const float green = curve(rgb.y()), whole = std::floor(green + 0.5f),
                share = whole / std::max(green, 1.f);
    for (int k = 0; k < 3; ++k)
      *to++ = static_cast<std::uint8_t>(std::clamp(curve(rgb[k]) * share + 0.5f, 0.f, 255.f));
  }
  return out;
}

}  // namespace terpsi::picture
