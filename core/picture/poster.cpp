#include "picture/poster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "motion/kinematics.h"
#include "picture/cones.h"
#include "picture/key_poses.h"

namespace terpsi::picture {
namespace {

using motion::Body;
using motion::kCapsules;

constexpr int kPoses = 5;
constexpr int kTile = 16;  // pixels
constexpr int kFine = 4;   // samples a side of a pixel on an edge
constexpr float kNever = std::numeric_limits<float>::infinity();

// As shaders/common.glsl.
const Vec3 kKeyLight = Vec3(-0.42f, 0.86f, 0.46f).normalized();
const Vec3 kRimLight = Vec3(0.55f, 0.42f, -0.72f).normalized();
const Vec3 kKeyColour(1.00f, 0.90f, 0.78f), kRimColour(0.42f, 0.62f, 1.00f),
    kSkyColour(0.115f, 0.135f, 0.20f), kGroundColour(0.050f, 0.040f, 0.050f);

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

// ---- Camera
// ------------------------------------------------------------------------------------------------------

// Looks along -z, tilted up or down only, so that a row of pixels meets the floor in a line along x.
struct Camera {
  Vec3 eye, forward, up;
  float scale = 0;       // pixels per unit of tangent
  float cx = 0, cy = 0;  // pixel of the axis

  Vec3 ray(float x, float y) const {
    return forward + Vec3((x - cx) / scale, 0, 0) + up * ((cy - y) / scale);
  }
};

Camera camera_at(float distance, int width, int height) {
  const Vec3 target(0, 0.88f, -0.3f);
  const float tilt = 0.085f, half = 0.235f;  // radians; tangent of half the vertical field of view
  Camera camera;
  camera.eye = target + Vec3(0, std::sin(tilt), std::cos(tilt)) * distance;
  camera.forward = (target - camera.eye).normalized();
  camera.up = Vec3(0, -camera.forward.z(), camera.forward.y());
  camera.scale = static_cast<float>(height) / 2 / half;
  camera.cx = static_cast<float>(width) / 2;
  camera.cy = static_cast<float>(height) / 2;
  return camera;
}

// The same camera seen in the floor.
Camera mirrored(Camera camera) {
  for (Vec3* v : {&camera.eye, &camera.forward, &camera.up}) v->y() = -v->y();
  return camera;
}

// A sphere on the picture: its middle and, from above, its radius, pixels. Radius 0 when behind the eye.
struct Disc {
  float x = 0, y = 0, radius = 0;
};

Disc project(const Camera& camera, const Vec3& centre, float radius) {
  const Vec3 d = centre - camera.eye;
  const float depth = d.dot(camera.forward);
  if (depth < radius + 0.1f) return {};
  const float x = d.x() / depth, y = d.dot(camera.up) / depth;
  return {camera.cx + camera.scale * x, camera.cy - camera.scale * y,
          camera.scale * radius / (depth - radius) * (1 + 0.6f * std::hypot(x, y))};
}

// Far enough to see every body whole.
Camera camera_for(const std::vector<Body>& bodies, int width, int height) {
  const float margin = 0.045f * static_cast<float>(height);
  float distance = 4.4f;
  for (int tries = 0; tries < 40; ++tries, distance *= 1.03f) {
    const Camera camera = camera_at(distance, width, height);
    bool whole = true;
    for (const Body& body : bodies)
      for (const motion::Capsule& cone : body)
        for (const auto& end : {cone.a, cone.b}) {
          const Disc disc = project(camera, end.head<3>(), end.w());
          whole = whole && disc.radius > 0 && disc.x - disc.radius > margin &&
                  disc.x + disc.radius < static_cast<float>(width) - margin &&
                  disc.y - disc.radius > margin && disc.y + disc.radius < static_cast<float>(height) - margin;
        }
    if (whole) return camera;
  }
  return camera_at(distance, width, height);
}

// ---- Bodies
// ------------------------------------------------------------------------------------------------------

// The poses on their places, each in the middle of what it takes up from side to side.
std::vector<Body> placed_bodies(const format::Dance& dance) {
  std::vector<motion::Frame> poses = key_poses(dance, kPoses);
  std::vector<Body> bodies;
  const std::size_t first = (kPoses - poses.size()) / 2;  // few poses stand in the middle
  for (std::size_t i = 0; i < poses.size(); ++i) {
    const Place& place = kPlaces[first + i];
    poses[i].root = {0, std::clamp(poses[i].root.y(), 0.f, 2.f), place.z};
    const motion::JointPositions joints = motion::joint_positions(poses[i]);
    float left = 0, right = 0;
    for (const Vec3& p : joints) left = std::min(left, p.x()), right = std::max(right, p.x());
    poses[i].root.x() = place.x - (left + right) / 2;
    bodies.push_back(motion::make_body(motion::world_pose(poses[i])));
  }
  return bodies;
}

float light_on(std::size_t body, std::size_t count) {
  return kPlaces[(kPoses - count) / 2 + body].light;
}

// What each pixel's middle sees: number of the cone (body * kCapsules + cone) or -1, and how far along the
// ray.
struct Seen {
  int cone = -1;
  float t = kNever;
};

// The cones as seen from one camera, and which of them each tile of the picture may show.
class Cast {
 public:
  Cast(const std::vector<Body>& bodies, const Camera& camera, int width, int height)
      : camera_(camera), across_((width + kTile - 1) / kTile), down_((height + kTile - 1) / kTile) {
    tiles_.resize(static_cast<std::size_t>(across_) * static_cast<std::size_t>(down_));
    for (const Body& body : bodies) {
      for (const motion::Capsule& cone : body) {
        enter(project(camera, cone.a.head<3>(), cone.a.w()), project(camera, cone.b.head<3>(), cone.b.w()),
              static_cast<int>(cones_.size()));
        cones_.emplace_back(cone, camera.eye);
      }
    }
  }

  const std::vector<int>& near(int x, int y) const {
    return tiles_[static_cast<std::size_t>(y / kTile) * static_cast<std::size_t>(across_) +
                  static_cast<std::size_t>(x / kTile)];
  }

  Seen look(const Vec3& ray, const std::vector<int>& candidates) const {
    Seen seen;
    for (const int i : candidates) {
      const float t = cones_[static_cast<std::size_t>(i)].hit(ray);
      if (t < seen.t) seen = {i, t};
    }
    return seen;
  }

  const Camera& camera() const { return camera_; }
  const CastCone& cone(int i) const { return cones_[static_cast<std::size_t>(i)]; }

 private:
  // Into the tiles that the hull of both discs comes near.
  void enter(const Disc& a, const Disc& b, int cone) {
    if (a.radius <= 0 || b.radius <= 0) return;
    const float r = std::max(a.radius, b.radius) + 0.75f * kTile + 1;
    const auto tile = [](float pixel, int count) {
      return std::clamp(static_cast<int>(std::floor(pixel / kTile)), 0, count - 1);
    };
    const float ux = b.x - a.x, uy = b.y - a.y, uu = std::max(ux * ux + uy * uy, 1e-6f);
    for (int ty = tile(std::min(a.y, b.y) - r, down_); ty <= tile(std::max(a.y, b.y) + r, down_); ++ty) {
      for (int tx = tile(std::min(a.x, b.x) - r, across_); tx <= tile(std::max(a.x, b.x) + r, across_);
           ++tx) {
        const float wx = (static_cast<float>(tx) + 0.5f) * kTile - a.x,
                    wy = (static_cast<float>(ty) + 0.5f) * kTile - a.y;
        const float h = std::clamp((wx * ux + wy * uy) / uu, 0.f, 1.f);
        if (std::hypot(wx - h * ux, wy - h * uy) > r) continue;
        tiles_[static_cast<std::size_t>(ty) * static_cast<std::size_t>(across_) +
               static_cast<std::size_t>(tx)]
            .push_back(cone);
      }
    }
  }

  Camera camera_;
  int across_, down_;
  std::vector<CastCone> cones_;
  std::vector<std::vector<int>> tiles_;
};

Vec3 albedo(int colour) {
  if (colour == 1) return {0.10f, 0.56f, 0.53f};
  if (colour == 2) return {0.86f, 0.30f, 0.17f};
  if (colour == 3) return {0.30f, 0.29f, 0.31f};
  return {0.70f, 0.665f, 0.635f};
}

// shaders/body.frag.glsl: light leaving point p with normal n towards `eye`, where `lamp` and `sky` are the
// shares of the key light and of the sky that reach it.
Vec3 shaded(int colour, const Vec3& p, const Vec3& n, const Vec3& eye, float lamp, float sky) {
  const Vec3 view = (eye - p).normalized();
  const float wrapped = std::clamp((n.dot(kKeyLight) + 0.22f) / 1.22f, 0.f, 1.f);
  const float away = 1.f - std::clamp(n.dot(view), 0.f, 1.f), fresnel = away * away * away;
  Vec3 light = kKeyColour * (1.75f * wrapped * wrapped * lamp);
  const float up = 0.5f + 0.5f * n.y();
  light += (kGroundColour + (kSkyColour - kGroundColour) * up) * (1.25f * sky);
  Vec3 out = albedo(colour).cwiseProduct(light);
  const float gloss = std::clamp(n.dot((kKeyLight + view).normalized()), 0.f, 1.f);
  if (gloss > 0.8f) out += kKeyColour * (0.10f * lamp * std::pow(gloss, 42.f));
  out += kRimColour * (0.55f * fresnel * (0.10f + std::max(n.dot(kRimLight) + 0.25f, 0.f)) * sky);
  return out;
}

Vec3 body_light(const std::vector<Body>& bodies, const Cast& cast, const Seen& seen, const Vec3& ray) {
  const std::size_t which = static_cast<std::size_t>(seen.cone) / kCapsules,
                    part = static_cast<std::size_t>(seen.cone) % kCapsules;
  const Body& body = bodies[which];
  const Vec3 p = cast.camera().eye + ray * seen.t, n = cast.cone(seen.cone).normal(p);
  const int skip = motion::body_neighbours()[part] | (1 << part);
  const float ground = 1.f - 0.45f * std::clamp(-n.y(), 0.f, 1.f) * std::exp(-std::max(p.y(), 0.f) * 7.f);
  const float lamp =
      n.dot(kKeyLight) > -0.22f ? seen_light(body, p + n * 0.004f, kKeyLight, 0.12f, skip) : 0.f;
  return shaded(motion::body_colours()[part], p, n, cast.camera().eye, lamp,
                open_sky(body, p, n, skip) * ground) *
         light_on(which, bodies.size());
}

// ---- Floor and wall
// ------------------------------------------------------------------------------------------------

// Shares of the key light and of the sky on the floor, past all bodies, on a grid of places.
class Shadows {
 public:
  explicit Shadows(const std::vector<Body>& bodies) : cells_(kAcross * kDown, {1, 1}) {
    for (std::size_t b = 0; b < bodies.size(); ++b) {
      const Vec3 hip = bodies[b][0].a.head<3>();
      const float x = hip.x() - 0.7f * kKeyLight.x() / kKeyLight.y(),
                  z = hip.z() - 0.7f * kKeyLight.z() / kKeyLight.y();
      for (int row = 0; row < kDown; ++row) {
        for (int column = 0; column < kAcross; ++column) {
          const Vec3 p(kLeft + static_cast<float>(column) * kCell, 0,
                       kBack + static_cast<float>(row) * kCell);
          if ((p.x() - x) * (p.x() - x) + (p.z() - z) * (p.z() - z) > 2.9f) continue;
          Share& share = cells_[static_cast<std::size_t>(row * kAcross + column)];
          share.lamp *= seen_light(bodies[b], p, kKeyLight, 0.10f, 0);
          share.sky *= open_sky(bodies[b], p, Vec3::UnitY(), 0);
        }
      }
    }
  }

  struct Share {
    float lamp, sky;
  };

  Share at(float x, float z) const {
    const float u = (x - kLeft) / kCell, v = (z - kBack) / kCell;
    if (!(u >= 0 && v >= 0 && u < kAcross - 1 && v < kDown - 1)) return {1, 1};
    const int column = static_cast<int>(u), row = static_cast<int>(v);
    const float fu = u - static_cast<float>(column), fv = v - static_cast<float>(row);
    const Share* c = cells_.data() + row * kAcross + column;
    const auto mix = [&](float Share::*which) {
      const float upper = c[0].*which + (c[1].*which - c[0].*which) * fu;
      const float lower = c[kAcross].*which + (c[kAcross + 1].*which - c[kAcross].*which) * fu;
      return upper + (lower - upper) * fv;
    };
    return {mix(&Share::lamp), mix(&Share::sky)};
  }

 private:
  static constexpr float kCell = 0.04f, kLeft = -4.f, kBack = -3.4f;  // metres
  static constexpr int kAcross = 200, kDown = 130;
  std::vector<Share> cells_;
};

// What is seen in the floor: shares of the bodies' light, at half the size of the picture, softened.
class Reflection {
 public:
  Reflection(const std::vector<Body>& bodies, const Camera& camera, int width, int height)
      : width_(width / 2),
        height_(height / 2),
        light_(static_cast<std::size_t>(width_ * height_), Vec3::Zero()) {
    Camera half = mirrored(camera);
    half.scale /= 2;
    half.cx /= 2;
    half.cy /= 2;
    const Cast cast(bodies, half, width_, height_);
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        const auto& near = cast.near(x, y);
        if (near.empty()) continue;
        const Vec3 ray = half.ray(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
        const Seen seen = cast.look(ray, near);
        if (seen.cone < 0) continue;
        const Vec3 p = half.eye + ray * seen.t;
        const std::size_t which = static_cast<std::size_t>(seen.cone) / kCapsules,
                          part = static_cast<std::size_t>(seen.cone) % kCapsules;
        light_[static_cast<std::size_t>(y * width_ + x)] =
            shaded(motion::body_colours()[part], p, cast.cone(seen.cone).normal(p), half.eye, 0.7f, 0.7f) *
            (0.55f * std::exp(-std::max(p.y(), 0.f) * 2.4f) * light_on(which, bodies.size()));
      }
    }
    soften();
  }

  Vec3 at(float x, float y) const {  // pixels of the picture
    const float u = std::clamp(x / 2 - 0.5f, 0.f, static_cast<float>(width_) - 1.001f),
                v = std::clamp(y / 2 - 0.5f, 0.f, static_cast<float>(height_) - 1.001f);
    const int column = static_cast<int>(u), row = static_cast<int>(v);
    const float fu = u - static_cast<float>(column), fv = v - static_cast<float>(row);
    const Vec3* c = light_.data() + row * width_ + column;
    const Vec3 upper = c[0] + (c[1] - c[0]) * fu, lower = c[width_] + (c[width_ + 1] - c[width_]) * fu;
    return upper + (lower - upper) * fv;
  }

 private:
  void soften() {
    std::vector<Vec3> out = light_;
    for (int pass = 0; pass < 2; ++pass) {
      const int step = pass == 0 ? 1 : width_;
      for (int y = 1; y + 1 < height_; ++y)
        for (int x = 1; x + 1 < width_; ++x) {
          const auto i = static_cast<std::size_t>(y * width_ + x), s = static_cast<std::size_t>(step);
          out[i] = 0.5f * light_[i] + 0.25f * (light_[i - s] + light_[i + s]);
        }
      light_ = out;
    }
  }

  int width_, height_;
  std::vector<Vec3> light_;
};

float smooth_step(float low, float high, float x) {
  const float t = std::clamp((x - low) / (high - low), 0.f, 1.f);
  return t * t * (3.f - 2.f * t);
}

// Coverage of grid lines `width` metres wide across one direction, filtered over the pixel's footprint (m).
float grid_line(float p, float spacing, float width, float footprint) {
  const float cell = p / spacing, f = std::max(footprint / spacing, 1e-5f), w = width / spacing / 2;
  const float d = std::abs(cell - 0.5f - std::floor(cell - 0.5f) - 0.5f);
  return (1.f - smooth_step(w - f * 0.5f, w + f, d)) * std::min(1.f, 2.f * w / f + 0.12f);
}

// shaders/floor.frag.glsl on the place p with the sizes of a pixel on it.
Vec3 floor_light(float x, float z, float wide, float deep, float grazing, const Shadows::Share& share) {
  const float centre = std::hypot(x, z + 0.3f);
  const float pool = std::exp(-centre * centre * 0.105f);
  const Vec3 base(0.025f, 0.027f, 0.037f);
  Vec3 out = base.cwiseProduct(kKeyColour * (1.05f * pool * share.lamp) +
                               kSkyColour * (1.3f * share.sky * (0.45f + 0.55f * pool)));
  const float fine = 0.35f * std::exp(-centre * 0.5f);
  const float lines =
      std::max({grid_line(x, 1, 0.012f, wide), grid_line(z, 1, 0.012f, deep),
                fine * grid_line(x, 0.25f, 0.006f, wide), fine * grid_line(z, 0.25f, 0.006f, deep)});
  out += Vec3(0.052f, 0.062f, 0.105f) * (lines * (0.12f + 0.5f * pool * share.lamp) * share.sky);
  out += Vec3(0.003f, 0.004f, 0.007f) * grazing;
  return out;
}

// shaders/backdrop.frag.glsl; x and y from -1 to 1, y up.
Vec3 wall_light(float x, float y, float horizon, float aspect) {
  const float up = std::clamp((y - horizon) * 0.5f, -1.f, 1.f);
  const float share = smooth_step(0, 0.9f, up);
  Vec3 out = Vec3(0.0078f, 0.0084f, 0.0130f) * (1 - share) + Vec3(0.0036f, 0.0038f, 0.0064f) * share;
  const float dx = x * aspect, dy = y - 0.1f;
  out += Vec3(0.0095f, 0.0105f, 0.0205f) * std::exp(-(dx * dx * 0.45f + dy * dy) * 0.9f);
  return out * (1.f - 0.09f * (x * x + y * y));
}

// ---- Picture
// -------------------------------------------------------------------------------------------------------

// Linear light to sRGB, 0 to 255, with the shoulder of shaders/common.glsl.
class Curve {
 public:
  Curve() {
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
  constexpr int kWidth = kPosterWidth, kHeight = kPosterHeight;
  const std::vector<Body> bodies = placed_bodies(dance);
  const Camera camera = camera_for(bodies, kWidth, kHeight);
  const Shadows shadows(bodies);
  const Reflection reflection(bodies, camera, kWidth, kHeight);
  const Cast cast(bodies, camera, kWidth, kHeight);

  // What is behind the bodies.
  std::vector<Vec3> light(static_cast<std::size_t>(kWidth) * kHeight);
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
      Vec3& out = light[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)];
      out = wall_light(2 * px / kWidth - 1, sy, horizon, aspect);
      if (t <= 0) continue;
      const float fx = camera.eye.x() + t * (px - camera.cx) / camera.scale;
      const float fade = 1 - smooth_step(3.5f, 11.f, std::hypot(fx, z - camera.eye.z() * 0.15f));
      if (fade <= 0) continue;
      const float slant =
          1 - std::clamp(camera.eye.y() / std::hypot(fx, z - camera.eye.z(), camera.eye.y()), 0.f, 1.f);
      const Vec3 floor = floor_light(fx, z, wide, deep, slant * slant * slant * slant, shadows.at(fx, z));
      out += (floor + 0.22f * reflection.at(px, py) - out) * fade;
    }
  }

  // The bodies: every pixel's middle first, then finer where neighbours see different cones.
  std::vector<Seen> seen(light.size());
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto& near = cast.near(x, y);
      if (near.empty()) continue;
      seen[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)] =
          cast.look(camera.ray(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f), near);
    }
  }
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto& near = cast.near(x, y);
      if (near.empty()) continue;
      const std::size_t i = static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
      const int here = seen[i].cone;
      const bool edge = (x > 0 && seen[i - 1].cone != here) || (x + 1 < kWidth && seen[i + 1].cone != here) ||
                        (y > 0 && seen[i - kWidth].cone != here) ||
                        (y + 1 < kHeight && seen[i + kWidth].cone != here);
      if (!edge) {
        if (here >= 0)
          light[i] = body_light(bodies, cast, seen[i],
                                camera.ray(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f));
        continue;
      }
      struct Part {
        Seen seen;
        Vec3 ray;
        int samples;
      };
      std::array<Part, kFine * kFine> parts;
      std::size_t count = 0;
      for (int k = 0; k < kFine * kFine; ++k) {
        const Vec3 ray = camera.ray(static_cast<float>(x) + (static_cast<float>(k % kFine) + 0.5f) / kFine,
                                    static_cast<float>(y) + (static_cast<float>(k / kFine) + 0.5f) / kFine);
        const Seen sample = cast.look(ray, near);
        std::size_t p = 0;
        while (p < count && parts[p].seen.cone != sample.cone) ++p;
        if (p == count) parts[count++] = {sample, ray, 0};
        ++parts[p].samples;
      }
      Vec3 sum = Vec3::Zero();
      for (std::size_t p = 0; p < count; ++p)
        sum += (parts[p].seen.cone < 0 ? light[i] : body_light(bodies, cast, parts[p].seen, parts[p].ray)) *
               static_cast<float>(parts[p].samples);
      light[i] = sum / (kFine * kFine);
    }
  }

  static const Curve curve;
  Picture out{kWidth, kHeight, std::vector<std::uint8_t>(light.size() * 3)};
  std::uint8_t* to = out.rgb.data();
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
      // Green is rounded first and takes the others along: where all change together, a PNG file is smaller.
      const float green = curve(light[i].y()), whole = std::floor(green + 0.5f),
                  share = whole / std::max(green, 1.f);
      for (int k = 0; k < 3; ++k)
        *to++ = static_cast<std::uint8_t>(std::clamp(curve(light[i][k]) * share + 0.5f, 0.f, 255.f));
    }
  }
  return out;
}

}  // namespace terpsi::picture
