#include "generate/constrain/constraints.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace terpsi::generate {
namespace {

constexpr JointSet kTorso = joint_bits({motion::kSpine1, motion::kSpine2, motion::kSpine3});
constexpr JointSet kHeadSet = joint_bits({motion::kNeck, motion::kHead});
constexpr JointSet kLeftArm =
    joint_bits({motion::kLCollar, motion::kLShoulder, motion::kLElbow, motion::kLWrist, motion::kLHand});
constexpr JointSet kRightArm =
    joint_bits({motion::kRCollar, motion::kRShoulder, motion::kRElbow, motion::kRWrist, motion::kRHand});
constexpr JointSet kArms = kLeftArm | kRightArm;
constexpr JointSet kUpper = kTorso | kHeadSet | kArms;
constexpr JointSet kLower = kPelvisJoint | kLegJoints;
static_assert(kAllJoints == (kUpper | kLower));

constexpr std::array<BodyPart, 10> kParts = {{{"whole", kAllJoints},
                                              {"upper", kUpper},
                                              {"lower", kLower},
                                              {"left_arm", kLeftArm},
                                              {"right_arm", kRightArm},
                                              {"arms", kArms},
                                              {"torso", kTorso},
                                              {"head", kHeadSet},
                                              {"legs", kLegJoints},
                                              {"root", kPelvisJoint}}};

}  // namespace

std::span<const BodyPart> body_parts() {
  return kParts;
}

const BodyPart* find_body_part(std::string_view name) {
  const auto it =
      std::find_if(kParts.begin(), kParts.end(), [&](const BodyPart& p) { return p.name == name; });
  return it == kParts.end() ? nullptr : &*it;
}

std::size_t to_frame(double seconds) {
  return static_cast<std::size_t>(std::max(0.0, std::round(seconds * limits::kFps)));
}

FrameRange frames_of(const KeptRange& range, std::size_t frames) {
  return {to_frame(range.from), std::min(to_frame(range.to), frames)};
}

std::string at_time(std::size_t frame) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", static_cast<double>(frame) / limits::kFps);
  return text;
}

std::string number(double value, const char* format) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Error invalid(const std::string& who, const std::string& what) {
  return {ErrorCode::invalid_argument, who + ": " + what};
}

}  // namespace terpsi::generate
