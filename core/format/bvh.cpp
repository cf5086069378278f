#include "format/bvh.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/limits.h"
#include "base/text_scanner.h"
#include "motion/contacts.h"
#include "motion/euler.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/time_warp.h"

namespace terpsi::format {

namespace {

using motion::EulerOrder, motion::kJoints;

constexpr double kDegrees = 180.0 / 3.14159265358979323846;
constexpr double kCentimetres = 100;
constexpr std::array<const char*, 6> kChannelNames = {"Xposition", "Yposition", "Zposition",
                                                      "Xrotation", "Yrotation", "Zrotation"};

EulerOrder order_of(int joint) {
  using namespace motion;
  if (joint == kPelvis) return {1, 0, 2};
  constexpr std::array kLegs = {kLHip, kRHip, kLKnee, kRKnee, kLAnkle, kRAnkle, kLFoot, kRFoot};
  const bool leg = std::find(kLegs.begin(), kLegs.end(), joint) != kLegs.end();
  return leg ? motion::EulerOrder{2, 1, 0} : motion::EulerOrder{2, 0, 1};
}

// Fixed notation with `decimals` digits after the point, the same on every platform and locale.
void append_number(std::string& out, double value, int decimals) {
  double power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  if (!std::isfinite(value)) value = 0;
  const auto scaled = static_cast<std::int64_t>(std::llround(std::clamp(value, -1e9, 1e9) * power));
  const bool negative = scaled < 0;
  std::string digits = std::to_string(negative ? -scaled : scaled);
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (negative) out += '-';
  out.append(digits, 0, digits.size() - places);
  out += '.';
  out.append(digits, digits.size() - places, places);
}

void append_offset(std::string& out, const std::string& indent, const motion::Vec3& metres) {
  out += indent + "OFFSET";
  for (int axis = 0; axis < 3; ++axis) {
    out += ' ';
    append_number(out, static_cast<double>(metres[axis]) * kCentimetres, 4);
  }
  out += '\n';
}

// Where the last bone of a chain ends, relative to its joint.
motion::Vec3 end_site(int joint) {
  if (joint == motion::kHead) return {0, 0.20f, 0};
  if (joint == motion::kLFoot || joint == motion::kRFoot) return {0, 0, 0.06f};
  return {joint == motion::kLHand ? 0.09f : -0.09f, 0, 0};
}

void append_joint(std::string& out, int joint, int depth, std::vector<int>& order) {
  order.push_back(joint);
  const auto j = static_cast<std::size_t>(joint);
  const std::string outer(static_cast<std::size_t>(depth), '\t'), inner = outer + '\t';
  out +=
      outer + (joint == 0 ? "ROOT " : "JOINT ") + std::string(motion::kJointNames[j]) + '\n' + outer + "{\n";
  append_offset(out, inner, joint == 0 ? motion::Vec3(motion::Vec3::Zero()) : motion::offset(joint));
  out += inner + (joint == 0 ? "CHANNELS 6 Xposition Yposition Zposition" : "CHANNELS 3");
  for (const int axis : order_of(joint))
    out += std::string(" ") + kChannelNames[static_cast<std::size_t>(3 + axis)];
  out += '\n';
  bool leaf = true;
  for (int child = joint + 1; child < kJoints; ++child) {
    if (motion::kParents[static_cast<std::size_t>(child)] != joint) continue;
    append_joint(out, child, depth + 1, order);
    leaf = false;
  }
  if (leaf) {
    out += inner + "End Site\n" + inner + "{\n";
    append_offset(out, inner + '\t', end_site(joint));
    out += inner + "}\n";
  }
  out += outer + "}\n";
}

}  // namespace

std::string write_bvh(const motion::Clip& clip) {
  std::string out = "HIERARCHY\n";
  std::vector<int> order;  // depth first, as the values are
  append_joint(out, motion::kPelvis, 0, order);
  out += "MOTION\nFrames: " + std::to_string(clip.size()) + "\nFrame Time: ";
  append_number(out, clip.fps > 0 ? 1.0 / static_cast<double>(clip.fps) : 1.0 / limits::kFps, 8);
  out += '\n';
  out.reserve(out.size() + clip.size() * 800);
  std::array<std::array<double, 3>, kJoints> last{};
  for (const motion::Frame& frame : clip.frames) {
    for (int axis = 0; axis < 3; ++axis) {
      append_number(out, static_cast<double>(frame.root[axis]) * kCentimetres, 4);
      out += ' ';
    }
    for (const int joint : order) {
      const auto j = static_cast<std::size_t>(joint);
      last[j] = motion::nearest_euler(motion::to_euler(frame.rotations[j], order_of(joint)), last[j]);
      for (const double angle : last[j]) {
        append_number(out, angle * kDegrees, 5);
        out += ' ';
      }
    }
    out.back() = '\n';
  }
  return out;
}

namespace {

Error bad(const TextScanner& in, const std::string& what) {
  return {ErrorCode::bad_format,
          "BVH line " + std::to_string(in.line()) + ": " + what + "; export the file again."};
}

// OFFSET, CHANNELS and the braces of all joints, depth first.
Status parse_hierarchy(TextScanner& in, Bvh& out) {
  if (in.word() != "HIERARCHY") return bad(in, "a BVH file starts with HIERARCHY");
  if (in.word() != "ROOT") return bad(in, "ROOT expected");
  constexpr int kEndSite = -2;
  std::vector<int> open;  // joints whose brace is open, kEndSite for an end site
  const auto begin_joint = [&](std::string name) -> Status {
    if (out.joints.size() >= static_cast<std::size_t>(limits::kMaxBvhJoints))
      return Error{ErrorCode::too_large, "The BVH skeleton has more than 256 joints; export a simpler one."};
    // The brace follows on its own line, or on the name's.
    if (!name.empty() && name.back() == '{') {
      name.pop_back();
      while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.pop_back();
    } else if (in.word() != "{") {
      return bad(in, "{ expected");
    }
    BvhJoint joint;
    joint.name = std::move(name);
    joint.parent = open.empty() ? -1 : open.back();
    joint.first_value = out.values_per_frame;
    open.push_back(static_cast<int>(out.joints.size()));
    out.joints.push_back(std::move(joint));
    return ok_status();
  };
  if (const Status s = begin_joint(std::string(in.rest_of_line())); !s) return s;
  while (!open.empty()) {
    const std::string_view word = in.word();
    const bool in_end_site = open.back() == kEndSite;
    if (word == "}") {
      open.pop_back();
    } else if (word == "OFFSET") {
      std::array<double, 3> offset{};
      for (double& v : offset)
        if (!in.number(v)) return bad(in, "OFFSET needs three numbers");
      if (!in_end_site) out.joints[static_cast<std::size_t>(open.back())].offset = offset;
    } else if (word == "CHANNELS" && !in_end_site) {
      BvhJoint& joint = out.joints[static_cast<std::size_t>(open.back())];
      double count = 0;
      if (!in.number(count) || !(count >= 0 && count <= 6) || count != std::floor(count) ||
          !joint.channels.empty())
        return bad(in, "CHANNELS needs a count from 0 to 6, once per joint");
      if (joint.first_value != out.values_per_frame && count > 0) joint.first_value = out.values_per_frame;
      for (int k = 0; k < static_cast<int>(count); ++k) {
        const std::string_view name = in.word();
        const auto found = std::find(kChannelNames.begin(), kChannelNames.end(), name);
        const int channel = static_cast<int>(found - kChannelNames.begin());
        if (found == kChannelNames.end() || std::count(joint.channels.begin(), joint.channels.end(), channel))
          return bad(in, "unknown or repeated channel");
        joint.channels.push_back(channel);
      }
      out.values_per_frame += joint.channels.size();
    } else if (word == "JOINT" && !in_end_site) {
      if (const Status s = begin_joint(std::string(in.rest_of_line())); !s) return s;
    } else if (word == "End" && !in_end_site) {
      const std::string_view site = in.rest_of_line();  // "Site", perhaps with the brace
      if ((site.empty() || site.back() != '{') && in.word() != "{") return bad(in, "{ expected");
      if (open.size() > 2 * static_cast<std::size_t>(limits::kMaxBvhJoints))
        return bad(in, "nested too deeply");
      open.push_back(kEndSite);
    } else {
      return bad(in, word.empty() ? "the skeleton is cut off" : "unexpected word");
    }
  }
  return ok_status();
}

// Our joint for a name in the file, or -1. Case and a prefix up to ':' do not matter.
int our_joint(std::string_view name) {
  if (const std::size_t colon = name.rfind(':'); colon != std::string_view::npos)
    name.remove_prefix(colon + 1);
  for (std::size_t j = 0; j < kJoints; ++j) {
    const std::string_view ours = motion::kJointNames[j];
    const auto same = [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    };
    if (name.size() == ours.size() && std::equal(name.begin(), name.end(), ours.begin(), same))
      return static_cast<int>(j);
  }
  return -1;
}

}  // namespace

Result<Bvh> parse_bvh(std::string_view text) {
  if (text.size() > limits::kMaxMotionFileBytes)
    return Error{ErrorCode::too_large, "The BVH file is larger than 64 MB; use a shorter one."};
  TextScanner in(text);
  Bvh out;
  if (const Status s = parse_hierarchy(in, out); !s) return s.error();
  if (in.word() != "MOTION") return bad(in, "MOTION expected after the skeleton");
  double frames = 0;
  if (in.word() != "Frames:" || !in.number(frames) || !(frames >= 0 && frames == std::floor(frames)))
    return bad(in, "'Frames:' and a count expected");
  if (in.word() != "Frame" || in.word() != "Time:" || !in.number(out.frame_time) ||
      !(out.frame_time >= 1e-3 && out.frame_time <= 0.2))
    return bad(in, "'Frame Time:' and a time from 0.001 to 0.2 seconds expected");
  if (frames < 1) return Error{ErrorCode::empty, "The BVH file has no frames."};
  if (frames * out.frame_time > limits::kMaxAudioSeconds + 1)
    return Error{ErrorCode::too_large, "The BVH file is longer than 15 minutes; cut it into shorter pieces."};
  out.frames = static_cast<std::size_t>(frames);
  if (out.values_per_frame == 0) return bad(in, "no joint has channels");
  // Each value takes at least two characters, so a claimed size beyond the text is a lie.
  if (out.frames > text.size() / (2 * out.values_per_frame) + 1)
    return bad(in, "fewer frames than announced");
  out.values.resize(out.frames * out.values_per_frame);
  for (double& value : out.values)
    if (!in.number(value)) return bad(in, "a number is missing or not a number");
  return out;
}

Result<motion::Clip> read_bvh(std::string_view text) {
  const Result<Bvh> parsed = parse_bvh(text);
  if (!parsed) return parsed.error();
  const Bvh& bvh = *parsed;
  std::array<int, kJoints> source;
  source.fill(-1);
  for (std::size_t i = 0; i < bvh.joints.size(); ++i)
    if (const int joint = our_joint(bvh.joints[i].name); joint >= 0)
      source[static_cast<std::size_t>(joint)] = static_cast<int>(i);
  for (const int needed : {motion::kPelvis, motion::kLHip, motion::kRHip, motion::kLKnee, motion::kRKnee,
                           motion::kLAnkle, motion::kRAnkle})
    if (source[static_cast<std::size_t>(needed)] < 0)
      return Error{ErrorCode::unsupported,
                   "The BVH skeleton has no joint '" +
                       std::string(motion::kJointNames[static_cast<std::size_t>(needed)]) +
                       "'; only files with Terpsi's joint names can be read."};
  double leg = 0;
  for (const std::size_t joint : {motion::kLKnee, motion::kLAnkle}) {
    const auto& o = bvh.joints[static_cast<std::size_t>(source[joint])].offset;
    leg += std::hypot(o[0], o[1], o[2]);
  }
  if (!(leg > 1e-6 && leg < 1e9))
    return Error{ErrorCode::unsupported,
                 "The BVH skeleton's legs have no length; export it with its offsets."};
  double scale = static_cast<double>(motion::leg_length()) / leg;
  if (std::abs(scale * kCentimetres - 1) < 1e-4) scale = 1 / kCentimetres;  // our own files: exactly

  motion::Clip clip;
  const double fps = 1 / bvh.frame_time;
  clip.fps = std::abs(fps - limits::kFps) < 0.05 ? static_cast<float>(limits::kFps) : static_cast<float>(fps);
  clip.frames.resize(bvh.frames);
  for (std::size_t i = 0; i < bvh.frames; ++i) {
    motion::Frame& frame = clip.frames[i];
    for (std::size_t j = 0; j < kJoints; ++j) {
      if (source[j] < 0) continue;
      const BvhJoint& joint = bvh.joints[static_cast<std::size_t>(source[j])];
      const double* values = bvh.values.data() + i * bvh.values_per_frame + joint.first_value;
      Eigen::Quaterniond q = Eigen::Quaterniond::Identity();
      std::array<double, 3> place = joint.offset;
      for (std::size_t k = 0; k < joint.channels.size(); ++k) {
        const int channel = joint.channels[k];
        if (channel >= 3)
          q = q * Eigen::AngleAxisd(values[k] / kDegrees, Eigen::Vector3d::Unit(channel - 3));
        else
          place[static_cast<std::size_t>(channel)] = values[k];
      }
      frame.rotations[j] = q.cast<float>().normalized();
      if (j == 0)
        for (int axis = 0; axis < 3; ++axis)
          frame.root[axis] =
              static_cast<float>(std::clamp(place[static_cast<std::size_t>(axis)] * scale, -1e4, 1e4));
      if (i > 0)
        frame.rotations[j] = motion::same_hemisphere(frame.rotations[j], clip.frames[i - 1].rotations[j]);
    }
  }
  if (clip.fps != static_cast<float>(limits::kFps))
    clip = motion::with_fps(clip, static_cast<float>(limits::kFps));
  motion::label_contacts(clip);
  return clip;
}

}  // namespace terpsi::format
