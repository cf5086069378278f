#include "picture/stage_light.h"

#include <algorithm>
#include <cmath>

#include "base/curves.h"

namespace terpsi::picture {
namespace {

// As shaders/common.glsl.
const Vec3 kKeyLight = Vec3(-0.42f, 0.86f, 0.46f).normalized();
const Vec3 kRimLight = Vec3(0.55f, 0.42f, -0.72f).normalized();
const Vec3 kKeyColour(1.00f, 0.90f, 0.78f), kRimColour(0.42f, 0.62f, 1.00f),
    kSkyColour(0.115f, 0.135f, 0.20f), kGroundColour(0.050f, 0.040f, 0.050f);

// The grid of the shadows: cell size and first cell, metres, and cells.
constexpr float kCell = 0.04f, kLeft = -4.f, kBack = -3.4f;
constexpr int kAcross = 200, kDown = 130;

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

// Coverage of grid lines `width` metres wide across one direction, filtered over the pixel's footprint (m).
float grid_line(float p, float spacing, float width, float footprint) {
  const float cell = p / spacing, f = std::max(footprint / spacing, 1e-5f), w = width / spacing / 2;
  const float d = std::abs(cell - 0.5f - std::floor(cell - 0.5f) - 0.5f);
  return (1.f - smoothstep(d, w - f * 0.5f, w + f)) * std::min(1.f, 2.f * w / f + 0.12f);
}

}  // namespace

Vec3 body_light(const std::vector<Figure>& figures, const BodyCaster& caster, const Hit& hit,
                const Vec3& ray) {
  const Figure& figure = figures[hit.figure()];
  const Vec3 p = caster.camera().eye + ray * hit.t, n = caster.cone(hit.cone).normal(p);
  const int skip = motion::body_neighbours()[hit.capsule()] | (1 << hit.capsule());
  const float ground = 1.f - 0.45f * std::clamp(-n.y(), 0.f, 1.f) * std::exp(-std::max(p.y(), 0.f) * 7.f);
  const float lamp =
      n.dot(kKeyLight) > -0.22f ? light_visibility(figure.body, p + n * 0.004f, kKeyLight, 0.12f, skip) : 0.f;
  return shaded(motion::body_colours()[hit.capsule()], p, n, caster.camera().eye, lamp,
                sky_visibility(figure.body, p, n, skip) * ground) *
         figure.light;
}

Shadows::Shadows(const std::vector<Figure>& figures) : cells_(kAcross * kDown, {1, 1}) {
  for (const Figure& figure : figures) {
    const Vec3 hip = figure.body[0].a.head<3>();
    const float x = hip.x() - 0.7f * kKeyLight.x() / kKeyLight.y(),
                z = hip.z() - 0.7f * kKeyLight.z() / kKeyLight.y();
    for (int row = 0; row < kDown; ++row) {
      for (int column = 0; column < kAcross; ++column) {
        const Vec3 p(kLeft + static_cast<float>(column) * kCell, 0, kBack + static_cast<float>(row) * kCell);
        if ((p.x() - x) * (p.x() - x) + (p.z() - z) * (p.z() - z) > 2.9f) continue;
        Share& share = cells_[static_cast<std::size_t>(row * kAcross + column)];
        share.lamp *= light_visibility(figure.body, p, kKeyLight, 0.10f, 0);
        share.sky *= sky_visibility(figure.body, p, Vec3::UnitY(), 0);
      }
    }
  }
}

Shadows::Share Shadows::at(float x, float z) const {
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

Reflection::Reflection(const std::vector<Figure>& figures, const Camera& camera, int width, int height)
    : width_(width / 2),
      height_(height / 2),
      light_(static_cast<std::size_t>(width_ * height_), Vec3::Zero()) {
  Camera half = mirrored(camera);
  half.scale /= 2;
  half.cx /= 2;
  half.cy /= 2;
  const BodyCaster caster(figures, half, width_, height_);
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      const auto& near = caster.near(x, y);
      if (near.empty()) continue;
      const Vec3 ray = half.ray(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
      const Hit hit = caster.cast(ray, near);
      if (hit.cone < 0) continue;
      const Vec3 p = half.eye + ray * hit.t;
      light_[static_cast<std::size_t>(y * width_ + x)] =
          shaded(motion::body_colours()[hit.capsule()], p, caster.cone(hit.cone).normal(p), half.eye, 0.7f,
                 0.7f) *
          (0.55f * std::exp(-std::max(p.y(), 0.f) * 2.4f) * figures[hit.figure()].light);
    }
  }
  soften();
}

Vec3 Reflection::at(float x, float y) const {
  const float u = std::clamp(x / 2 - 0.5f, 0.f, static_cast<float>(width_) - 1.001f),
              v = std::clamp(y / 2 - 0.5f, 0.f, static_cast<float>(height_) - 1.001f);
  const int column = static_cast<int>(u), row = static_cast<int>(v);
  const float fu = u - static_cast<float>(column), fv = v - static_cast<float>(row);
  const Vec3* c = light_.data() + row * width_ + column;
  const Vec3 upper = c[0] + (c[1] - c[0]) * fu, lower = c[width_] + (c[width_ + 1] - c[width_]) * fu;
  return upper + (lower - upper) * fv;
}

void Reflection::soften() {
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

Vec3 wall_light(float x, float y, float horizon, float aspect) {
  const float up = std::clamp((y - horizon) * 0.5f, -1.f, 1.f);
  const float share = smoothstep(up, 0.f, 0.9f);
  Vec3 out = Vec3(0.0078f, 0.0084f, 0.0130f) * (1 - share) + Vec3(0.0036f, 0.0038f, 0.0064f) * share;
  const float dx = x * aspect, dy = y - 0.1f;
  out += Vec3(0.0095f, 0.0105f, 0.0205f) * std::exp(-(dx * dx * 0.45f + dy * dy) * 0.9f);
  return out * (1.f - 0.09f * (x * x + y * y));
}

}  // namespace terpsi::picture
