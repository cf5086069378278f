#include "format/gltf.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "motion/body_mesh.h"
#include "motion/kinematics.h"
#include "motion/sanitize.h"

namespace terpsi::format {
namespace {

using OrderedJson = nlohmann::ordered_json;
using motion::kJoints, motion::Vec3;

constexpr std::uint32_t kGlbMagic = 0x46546C67, kJsonChunk = 0x4E4F534A, kBinaryChunk = 0x004E4942;
constexpr int kFloat = 5126, kByte = 5121, kShort = 5123;      // component types
constexpr int kVertices = 34962, kIndices = 34963, kData = 0;  // targets of buffer views
constexpr int kMeshNode = kJoints;                             // after the joints
constexpr int kOnce = 0, kEveryFrame = 1;                      // places in the list of times

// Little-endian floats: 4 bytes each.
void append_float(std::vector<std::uint8_t>& out, float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  put_little_endian(out, bits);
}

struct Document {
  OrderedJson json;
  std::vector<std::uint8_t> bytes;  // the binary chunk

  // Ends a view that began at `begin`; returns its number. Views begin at multiples of 4.
  int end_view(std::size_t begin, int target) {
    OrderedJson view = {{"buffer", 0}, {"byteOffset", begin}, {"byteLength", bytes.size() - begin}};
    if (target != kData) view["target"] = target;
    while (bytes.size() % 4 != 0) bytes.push_back(0);
    json["bufferViews"].push_back(std::move(view));
    return static_cast<int>(json["bufferViews"].size()) - 1;
  }

  int accessor(int view, std::size_t offset, int component, std::size_t count, const char* type) {
    OrderedJson a = {{"bufferView", view}};
    if (offset > 0) a["byteOffset"] = offset;
    a["componentType"] = component;
    a["count"] = count;
    a["type"] = type;
    json["accessors"].push_back(std::move(a));
    return static_cast<int>(json["accessors"].size()) - 1;
  }

  OrderedJson& last_accessor() { return json["accessors"].back(); }
};

OrderedJson list_of(const Vec3& v) {
  return {static_cast<double>(v.x()), static_cast<double>(v.y()), static_cast<double>(v.z())};
}

// As people write it: 0.085, not 0.0850000008940697.
OrderedJson short_list_of(const Vec3& v) {
  OrderedJson out = OrderedJson::array();
  for (int axis = 0; axis < 3; ++axis) out.push_back(std::round(static_cast<double>(v[axis]) * 1e6) / 1e6);
  return out;
}

void add_nodes(Document& out) {
  for (int j = 0; j < kJoints; ++j) {
    OrderedJson node = {{"name", motion::kJointNames[static_cast<std::size_t>(j)]},
                        {"translation", short_list_of(motion::offset(j))}};
    for (int child = j + 1; child < kJoints; ++child)
      if (motion::kParents[static_cast<std::size_t>(child)] == j) node["children"].push_back(child);
    out.json["nodes"].push_back(std::move(node));
  }
  out.json["nodes"].push_back({{"name", "dancer"}, {"mesh", 0}, {"skin", 0}});
}

void add_mesh(Document& out) {
  const motion::BodyMesh& mesh = motion::body_mesh();
  const std::size_t count = mesh.positions.size();
  OrderedJson attributes;
  for (const bool normals : {false, true}) {
    const std::size_t begin = out.bytes.size();
    for (const Vec3& v : normals ? mesh.normals : mesh.positions)
      for (int axis = 0; axis < 3; ++axis) append_float(out.bytes, v[axis]);
    attributes[normals ? "NORMAL" : "POSITION"] =
        out.accessor(out.end_view(begin, kVertices), 0, kFloat, count, "VEC3");
    if (normals) continue;
    Vec3 low = mesh.positions[0], high = low;
    for (const Vec3& v : mesh.positions) low = low.cwiseMin(v), high = high.cwiseMax(v);
    out.last_accessor()["min"] = list_of(low);
    out.last_accessor()["max"] = list_of(high);
  }
  std::size_t begin = out.bytes.size();
  for (const std::uint8_t joint : mesh.joints) out.bytes.insert(out.bytes.end(), {joint, 0, 0, 0});
  attributes["JOINTS_0"] = out.accessor(out.end_view(begin, kVertices), 0, kByte, count, "VEC4");
  begin = out.bytes.size();
  for (std::size_t i = 0; i < count; ++i) out.bytes.insert(out.bytes.end(), {255, 0, 0, 0});
  attributes["WEIGHTS_0"] = out.accessor(out.end_view(begin, kVertices), 0, kByte, count, "VEC4");
  out.last_accessor()["normalized"] = true;

  begin = out.bytes.size();
  for (const auto& triangles : mesh.triangles)
    for (const std::uint16_t i : triangles)
      out.bytes.insert(out.bytes.end(), {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)});
  const int view = out.end_view(begin, kIndices);
  OrderedJson primitives = OrderedJson::array();
  std::size_t offset = 0;
  for (std::size_t colour = 0; colour < mesh.triangles.size(); ++colour) {
    const std::size_t indices = mesh.triangles[colour].size();
    primitives.push_back({{"attributes", attributes},
                          {"indices", out.accessor(view, offset, kShort, indices, "SCALAR")},
                          {"material", colour}});
    offset += 2 * indices;
  }
  out.json["meshes"].push_back({{"name", "dancer"}, {"primitives", std::move(primitives)}});

  // The colours of shaders/body.frag.glsl, linear light.
  const auto material = [&](const char* name, double r, double g, double b) {
    out.json["materials"].push_back(
        {{"name", name},
         {"pbrMetallicRoughness",
          {{"baseColorFactor", {r, g, b, 1.0}}, {"metallicFactor", 0.0}, {"roughnessFactor", 0.55}}}});
  };
  material("body", 0.70, 0.665, 0.635);
  material("left", 0.10, 0.56, 0.53);
  material("right", 0.86, 0.30, 0.17);
  material("neck", 0.30, 0.29, 0.31);
}

void add_skin(Document& out) {
  const std::size_t begin = out.bytes.size();
  for (const Vec3& p : motion::rest_positions()) {  // column by column
    for (int k = 0; k < 16; ++k)
      append_float(out.bytes, k >= 12 && k < 15 ? -p[k - 12] : k % 5 == 0 ? 1.f : 0.f);
  }
  OrderedJson joints = OrderedJson::array();
  for (int j = 0; j < kJoints; ++j) joints.push_back(j);
  const int matrices = out.accessor(out.end_view(begin, kData), 0, kFloat, kJoints, "MAT4");
  out.json["skins"].push_back({{"name", "skeleton"},
                               {"inverseBindMatrices", matrices},
                               {"skeleton", 0},
                               {"joints", std::move(joints)}});
}

// The frames, finite and with unit rotations; at least one.
std::vector<motion::Frame> sanitized_frames(const motion::Clip& clip) {
  std::vector<motion::Frame> frames = clip.frames;
  if (frames.empty()) frames.resize(1);
  motion::Frame last;
  for (motion::Frame& frame : frames) last = frame = motion::sanitized(frame, last);
  return frames;
}

void add_animation(Document& out, const motion::Clip& clip) {
  const std::vector<motion::Frame> frames = sanitized_frames(clip);
  const bool rate = clip.fps >= 1e-3f && clip.fps <= 1e5f;
  const double fps = rate ? static_cast<double>(clip.fps) : limits::kFps;
  std::size_t begin = out.bytes.size();
  for (std::size_t i = 0; i < frames.size(); ++i)
    append_float(out.bytes, static_cast<float>(static_cast<double>(i) / fps));
  const int times_view = out.end_view(begin, kData);
  std::array<int, 2> times{-1, -1};
  const auto add_times = [&](std::size_t which) {
    if (times[which] >= 0) return times[which];
    const std::size_t count = which == kOnce ? 1 : frames.size();
    times[which] = out.accessor(times_view, 0, kFloat, count, "SCALAR");
    out.last_accessor()["min"] = OrderedJson::array({0.0});
    const double last = static_cast<double>(count - 1) / fps;
    out.last_accessor()["max"] = OrderedJson::array({static_cast<double>(static_cast<float>(last))});
    return times[which];
  };

  OrderedJson channels = OrderedJson::array(), samplers = OrderedJson::array();
  // The view that the data appended from here on will be.
  begin = out.bytes.size();
  const int view = static_cast<int>(out.json["bufferViews"].size());
  const auto channel = [&](int node, const char* path, const char* type, bool constant, auto&& append) {
    const std::size_t offset = out.bytes.size() - begin, count = constant ? 1 : frames.size();
    for (std::size_t i = 0; i < count; ++i) append(frames[i]);
    const int input = add_times(constant ? kOnce : kEveryFrame);
    const int output = out.accessor(view, offset, kFloat, count, type);
    channels.push_back({{"sampler", samplers.size()}, {"target", {{"node", node}, {"path", path}}}});
    samplers.push_back({{"input", input}, {"interpolation", "LINEAR"}, {"output", output}});
  };
  const auto same = [&](auto&& value) {
    return std::all_of(frames.begin(), frames.end(),
                       [&](const motion::Frame& f) { return value(f) == value(frames[0]); });
  };
  channel(0, "translation", "VEC3", same([](const motion::Frame& f) { return f.root; }),
          [&](const motion::Frame& f) {
            for (int axis = 0; axis < 3; ++axis) append_float(out.bytes, f.root[axis]);
          });
  for (int j = 0; j < kJoints; ++j) {
    const auto turn = [j](const motion::Frame& f) -> const Eigen::Vector4f& {
      return f.rotations[static_cast<std::size_t>(j)].coeffs();  // x, y, z, w: as glTF has it
    };
    const bool constant = same(turn);
    if (constant && turn(frames[0]) == motion::Quat::Identity().coeffs()) continue;
    channel(j, "rotation", "VEC4", constant, [&](const motion::Frame& f) {
      for (int k = 0; k < 4; ++k) append_float(out.bytes, turn(f)[k]);
    });
  }
  out.end_view(begin, kData);
  out.json["animations"].push_back(
      {{"name", "dance"}, {"channels", std::move(channels)}, {"samplers", std::move(samplers)}});
}

}  // namespace

std::vector<std::uint8_t> write_glb(const Dance& dance) {
  Document document;
  OrderedJson extras = {{"title", dance.title}, {"style", dance.style}, {"tempo_bpm", nullptr}};
  if (std::isfinite(dance.tempo_bpm)) extras["tempo_bpm"] = std::round(dance.tempo_bpm * 1e3) / 1e3;
  extras["seconds"] = std::round(dance.clip.seconds() * 1e3) / 1e3;
  extras["model"] = dance.model_name;
  document.json["asset"] = {{"version", "2.0"}, {"generator", "Terpsi"}, {"extras", std::move(extras)}};
  document.json["scene"] = 0;
  document.json["scenes"].push_back({{"nodes", {motion::kPelvis, kMeshNode}}});
  add_nodes(document);
  add_mesh(document);
  add_skin(document);
  add_animation(document, dance.clip);
  document.json["buffers"].push_back({{"byteLength", document.bytes.size()}});

  std::string json = document.json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  json.append((4 - json.size() % 4) % 4, ' ');
  std::vector<std::uint8_t> out;
  const std::size_t total = 12 + 8 + json.size() + 8 + document.bytes.size();
  out.reserve(total);
  for (const std::size_t word :
       {std::size_t{kGlbMagic}, std::size_t{2}, total, json.size(), std::size_t{kJsonChunk}})
    put_little_endian(out, static_cast<std::uint32_t>(word));
  out.insert(out.end(), json.begin(), json.end());
  put_little_endian(out, static_cast<std::uint32_t>(document.bytes.size()));
  put_little_endian(out, kBinaryChunk);
  out.insert(out.end(), document.bytes.begin(), document.bytes.end());
  return out;
}

}  // namespace terpsi::format
