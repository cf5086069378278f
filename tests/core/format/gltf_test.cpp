#include "format/gltf.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/limits.h"
#include "core/format/sample_dance.h"
#include "motion/body_mesh.h"
#include "motion/kinematics.h"

using namespace terpsi;
using Json = nlohmann::json;
using Bytes = std::vector<std::uint8_t>;

namespace {

std::uint32_t u32(const Bytes& b, std::size_t at) {
  return static_cast<std::uint32_t>(b[at]) | static_cast<std::uint32_t>(b[at + 1]) << 8 |
         static_cast<std::uint32_t>(b[at + 2]) << 16 | static_cast<std::uint32_t>(b[at + 3]) << 24;
}

// A reader of glTF binary files that knows only the specification.
struct Glb {
  Json json;
  Bytes bytes;

  explicit Glb(const Bytes& file) {
    REQUIRE(file.size() > 28);
    REQUIRE(std::memcmp(file.data(), "glTF", 4) == 0);
    REQUIRE(u32(file, 4) == 2);
    REQUIRE(u32(file, 8) == file.size());
    const std::size_t json_size = u32(file, 12);
    REQUIRE(json_size % 4 == 0);
    REQUIRE(std::memcmp(file.data() + 16, "JSON", 4) == 0);
    REQUIRE(20 + json_size + 8 <= file.size());
    json = Json::parse(file.begin() + 20, file.begin() + 20 + static_cast<std::ptrdiff_t>(json_size), nullptr,
                       false);
    REQUIRE(json.is_object());
    const std::size_t binary = 20 + json_size;
    REQUIRE(u32(file, binary) % 4 == 0);
    REQUIRE(binary + 8 + u32(file, binary) == file.size());
    REQUIRE(std::memcmp(file.data() + binary + 4, "BIN\0", 4) == 0);
    bytes.assign(file.begin() + static_cast<std::ptrdiff_t>(binary + 8), file.end());
    REQUIRE(json["buffers"][0]["byteLength"] == bytes.size());
  }

  static std::size_t components(const std::string& type) {
    return type == "SCALAR" ? 1 : type == "VEC3" ? 3 : type == "VEC4" ? 4 : type == "MAT4" ? 16 : 0;
  }

  // All values of an accessor; checks that it lies in its view, and the view in the buffer.
  std::vector<double> values(std::size_t number) const {
    const Json& a = json["accessors"].at(number);
    const Json& view = json["bufferViews"].at(a["bufferView"].get<std::size_t>());
    const int component = a["componentType"];
    const std::size_t size = component == 5126 ? 4 : component == 5123 ? 2 : 1;
    const std::size_t n = a["count"].get<std::size_t>() * components(a["type"]);
    const std::size_t offset = a.value("byteOffset", std::size_t{0}), begin = view["byteOffset"];
    REQUIRE(n > 0);
    REQUIRE((begin + offset) % size == 0);
    REQUIRE(begin % 4 == 0);
    REQUIRE(offset + n * size <= view["byteLength"].get<std::size_t>());
    REQUIRE(begin + view["byteLength"].get<std::size_t>() <= bytes.size());
    std::vector<double> out(n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t at = begin + offset + i * size;
      if (size == 4) {
        float f;
        const std::uint32_t bits = u32(bytes, at);
        std::memcpy(&f, &bits, 4);
        out[i] = static_cast<double>(f);
      } else {
        out[i] = size == 2 ? bytes[at] + 256.0 * bytes[at + 1] : bytes[at];
      }
    }
    return out;
  }
};

struct Posed {
  std::vector<Eigen::Affine3d> nodes;  // in the world
};

// The world matrices of all nodes at frame i; every key must stand at a frame.
Posed pose_of(const Glb& glb, std::size_t frame) {
  const Json& nodes = glb.json["nodes"];
  std::vector<Eigen::Vector3d> translation(nodes.size(), Eigen::Vector3d::Zero());
  std::vector<Eigen::Quaterniond> rotation(nodes.size(), Eigen::Quaterniond::Identity());
  for (std::size_t n = 0; n < nodes.size(); ++n)
    if (nodes[n].contains("translation"))
      for (int k = 0; k < 3; ++k) translation[n][k] = nodes[n]["translation"][static_cast<std::size_t>(k)];
  const Json& animation = glb.json["animations"][0];
  for (const Json& channel : animation["channels"]) {
    const Json& sampler = animation["samplers"].at(channel["sampler"].get<std::size_t>());
    CHECK(sampler["interpolation"] == "LINEAR");
    const auto times = glb.values(sampler["input"]), values = glb.values(sampler["output"]);
    const std::size_t key = std::min(frame, times.size() - 1);
    if (times.size() > 1) REQUIRE(std::abs(times[key] - static_cast<double>(frame) / 30) < 1e-4);
    const std::size_t node = channel["target"]["node"];
    if (channel["target"]["path"] == "translation") {
      REQUIRE(values.size() == 3 * times.size());
      for (std::size_t k = 0; k < 3; ++k) translation[node][static_cast<int>(k)] = values[3 * key + k];
    } else {
      REQUIRE(values.size() == 4 * times.size());
      rotation[node] =
          Eigen::Quaterniond(values[4 * key + 3], values[4 * key], values[4 * key + 1], values[4 * key + 2]);
    }
  }
  Posed out;
  out.nodes.assign(nodes.size(), Eigen::Affine3d::Identity());
  const auto place = [&](auto&& self, std::size_t node, const Eigen::Affine3d& parent) -> void {
    out.nodes[node] = parent * Eigen::Translation3d(translation[node]) * rotation[node];
    if (!nodes[node].contains("children")) return;
    for (const Json& child : nodes[node]["children"]) self(self, child.get<std::size_t>(), out.nodes[node]);
  };
  for (const Json& root : glb.json["scenes"][0]["nodes"])
    place(place, root.get<std::size_t>(), Eigen::Affine3d::Identity());
  return out;
}

double worst_distance(const Glb& glb, const motion::Clip& clip, std::size_t frame) {
  const Posed posed = pose_of(glb, frame);
  const auto ours = motion::joint_positions(clip.frames[frame]);
  double worst = 0;
  for (std::size_t j = 0; j < motion::kJoints; ++j) {
    CHECK(glb.json["nodes"][j]["name"] == motion::kJointNames[j]);
    worst = std::max(worst, (posed.nodes[j].translation() - ours[j].cast<double>()).norm());
  }
  return worst;
}

std::size_t find_channel(const Glb& glb, std::size_t node, const char* path) {
  const Json& channels = glb.json["animations"][0]["channels"];
  for (std::size_t i = 0; i < channels.size(); ++i)
    if (channels[i]["target"]["node"] == node && channels[i]["target"]["path"] == path) return i;
  return channels.size();
}

}  // namespace

TEST_CASE("garbage in a clip gives a file of finite numbers and unit rotations") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  format::Dance dance;
  SUBCASE("empty") {}
  SUBCASE("all NaN") {
    dance.clip.frames.resize(40);
    for (auto& f : dance.clip.frames) {
      f.root = {nan, nan, nan};
      f.rotations.fill(motion::Quat(nan, nan, nan, nan));
    }
    dance.tempo_bpm = std::nan("");
  }
  SUBCASE("zeros and infinities among good frames") {
    dance = test::sample_dance(40);
    dance.clip.frames[0].root = {inf, 0, 0};
    dance.clip.frames[7].rotations.fill(motion::Quat(0, 0, 0, 0));
    dance.clip.frames[8].rotations.fill(motion::Quat(inf, 0, 0, 0));
    dance.clip.frames[9].rotations.fill(motion::Quat(5, 0, 3, 0));
  }
  SUBCASE("no frame rate") {
    dance = test::sample_dance(3);
    dance.clip.fps = 0;
  }
  const Glb glb(format::write_glb(dance));
  for (const Json& sampler : glb.json["animations"][0]["samplers"]) {
    const auto values = glb.values(sampler["output"]);
    const bool turns = glb.json["accessors"][sampler["output"].get<std::size_t>()]["type"] == "VEC4";
    for (std::size_t i = 0; i < values.size(); i += turns ? 4 : 3) {
      double sum = 0;
      for (std::size_t k = 0; k < (turns ? 4u : 3u); ++k) {
        REQUIRE(std::isfinite(values[i + k]));
        sum += values[i + k] * values[i + k];
      }
      if (turns) CHECK(std::abs(sum - 1) < 1e-5);
    }
  }
}

TEST_CASE("the joints move in the file as they do here") {
  const format::Dance dance = test::sample_dance(90);
  const Glb glb(format::write_glb(dance));
  CHECK(glb.json["asset"]["version"] == "2.0");
  double worst = 0;
  for (std::size_t i = 0; i < dance.clip.size(); ++i)
    worst = std::max(worst, worst_distance(glb, dance.clip, i));
  CHECK(worst < 1e-4);
}

TEST_CASE("rotations never jump to the other sign") {
  format::Dance dance = test::sample_dance(400);  // turns more than once around
  for (std::size_t i = 0; i < dance.clip.size(); i += 3)
    for (auto& q : dance.clip.frames[i].rotations) q.coeffs() *= -1;
  const Glb glb(format::write_glb(dance));
  int checked = 0;
  for (const Json& sampler : glb.json["animations"][0]["samplers"]) {
    if (glb.json["accessors"][sampler["output"].get<std::size_t>()]["type"] != "VEC4") continue;
    const auto v = glb.values(sampler["output"]);
    for (std::size_t i = 4; i < v.size(); i += 4, ++checked)
      REQUIRE(v[i] * v[i - 4] + v[i + 1] * v[i - 3] + v[i + 2] * v[i - 2] + v[i + 3] * v[i - 1] > 0);
  }
  CHECK(checked == 24 * 399);
}

TEST_CASE("accessors, views and bounds are what the specification asks for") {
  const Glb glb(format::write_glb(test::sample_dance(31)));
  std::size_t end = 0;
  for (const Json& view : glb.json["bufferViews"]) {  // in order, without overlap
    CHECK(view["byteOffset"].get<std::size_t>() >= end);
    CHECK(view["byteOffset"].get<std::size_t>() < end + 4);
    end = view["byteOffset"].get<std::size_t>() + view["byteLength"].get<std::size_t>();
  }
  CHECK(end <= glb.bytes.size());
  int bounded = 0;
  for (std::size_t i = 0; i < glb.json["accessors"].size(); ++i) {
    const Json& a = glb.json["accessors"][i];
    const auto values = glb.values(i);
    if (!a.contains("min")) continue;
    const std::size_t n = Glb::components(a["type"]);
    REQUIRE(a["min"].size() == n);
    REQUIRE(a["max"].size() == n);
    for (std::size_t k = 0; k < n; ++k) {
      double low = values[k], high = low;
      for (std::size_t v = k; v < values.size(); v += n)
        low = std::min(low, values[v]), high = std::max(high, values[v]);
      CHECK(a["min"][k].get<double>() == low);
      CHECK(a["max"][k].get<double>() == high);
    }
    ++bounded;
  }
  CHECK(bounded == 2);  // positions and times: the two for which they are demanded
  const auto times = glb.values(glb.json["animations"][0]["samplers"][0]["input"]);
  REQUIRE(times.size() == 31);
  for (std::size_t i = 1; i < times.size(); ++i) CHECK(times[i] > times[i - 1]);
  CHECK(times.back() == doctest::Approx(1.0));
}

TEST_CASE("the mesh hangs on the joints and moves with them") {
  format::Dance dance = test::sample_dance(20);
  const Glb glb(format::write_glb(dance));
  const Json& skin = glb.json["skins"][0];
  REQUIRE(skin["joints"].size() == motion::kJoints);
  const auto inverse = glb.values(skin["inverseBindMatrices"]);
  const motion::BodyMesh& mesh = motion::body_mesh();
  std::size_t triangles = 0;
  for (const Json& primitive : glb.json["meshes"][0]["primitives"]) {
    const auto indices = glb.values(primitive["indices"]);
    triangles += indices.size() / 3;
    CHECK(*std::max_element(indices.begin(), indices.end()) < static_cast<double>(mesh.positions.size()));
    CHECK(glb.json["materials"].size() > primitive["material"].get<std::size_t>());
  }
  CHECK(triangles == 24 * 144);
  const Json& attributes = glb.json["meshes"][0]["primitives"][0]["attributes"];
  const auto positions = glb.values(attributes["POSITION"]), joints = glb.values(attributes["JOINTS_0"]),
             weights = glb.values(attributes["WEIGHTS_0"]);
  REQUIRE(positions.size() == 3 * mesh.positions.size());
  REQUIRE(joints.size() == 4 * mesh.positions.size());
  REQUIRE(weights.size() == joints.size());
  const Posed posed = pose_of(glb, 13);
  const motion::Pose ours = motion::world_pose(dance.clip.frames[13]);
  double worst = 0;
  for (std::size_t v = 0; v < mesh.positions.size(); ++v) {
    REQUIRE(weights[4 * v] == 255);
    REQUIRE(weights[4 * v + 1] + weights[4 * v + 2] + weights[4 * v + 3] == 0);
    const auto joint = static_cast<std::size_t>(joints[4 * v]);
    Eigen::Affine3d bind;
    for (int k = 0; k < 16; ++k)
      bind.matrix()(k % 4, k / 4) = inverse[16 * joint + static_cast<std::size_t>(k)];
    const Eigen::Vector3d skinned =
        posed.nodes[joint] * bind *
        Eigen::Vector3d(positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]);
    const motion::Vec3 wanted =
        ours.positions[joint] + ours.rotations[joint] * (mesh.positions[v] - motion::rest_positions()[joint]);
    worst = std::max(worst, (skinned - wanted.cast<double>()).norm());
  }
  CHECK(worst < 1e-4);
}

TEST_CASE("what does not move takes no room") {
  format::Dance dance = test::sample_dance(300);
  const std::size_t lively = format::write_glb(dance).size();
  for (auto& f : dance.clip.frames) {
    f.rotations[motion::kLHand] = motion::Quat::Identity();
    f.rotations[motion::kHead] = dance.clip.frames[0].rotations[motion::kHead];
  }
  const Bytes file = format::write_glb(dance);
  const Glb glb(file);
  CHECK(file.size() < lively - 2 * 299 * 16 + 500);
  CHECK(find_channel(glb, motion::kLHand, "rotation") == glb.json["animations"][0]["channels"].size());
  const std::size_t head = find_channel(glb, motion::kHead, "rotation");
  REQUIRE(head < glb.json["animations"][0]["channels"].size());
  const Json& sampler = glb.json["animations"][0]["samplers"][head];
  CHECK(glb.values(sampler["input"]).size() == 1);
  CHECK(glb.values(sampler["output"]).size() == 4);
  for (const std::size_t i : {0u, 150u, 299u}) CHECK(worst_distance(glb, dance.clip, i) < 1e-4);
  CHECK(file.size() < 300u * 24 * 16 + 110000);
}

TEST_CASE("titles of strangers stay text") {
  format::Dance dance = test::sample_dance(2);
  for (const std::string& title :
       {std::string("\"},\"nodes\":[],\"x\":{\""), std::string("</script><script>alert(1)</script>"),
        std::string("\\\"\\u0000"), std::string("line\nbreak\ttab\x01"), dance.title}) {
    dance.title = title;
    const Glb glb(format::write_glb(dance));
    CHECK(glb.json["asset"]["extras"]["title"] == title);
    CHECK(glb.json["nodes"].size() == 25);
  }
  dance.title = "cut \xe2\x82 \xff";
  const Glb glb(format::write_glb(dance));
  CHECK(glb.json["asset"]["extras"]["title"].get<std::string>().substr(0, 4) == "cut ");
  CHECK(glb.json["asset"]["extras"]["style"] == "hiphop");
  CHECK(glb.json["asset"]["extras"]["tempo_bpm"] == 118.5);
}

TEST_CASE("the longest dance is written") {
  format::Dance dance;
  dance.clip = test::lively_clip(static_cast<std::size_t>(limits::kMaxFrames));
  const Glb glb(format::write_glb(dance));
  CHECK(worst_distance(glb, dance.clip, dance.clip.size() - 1) < 1e-4);
}
