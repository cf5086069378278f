#include "measure/variety.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "motion/skeleton.h"

namespace terpsi::measure {

namespace {

constexpr double kStepSeconds = 0.2;
constexpr std::size_t kWindowPoses = 10, kHopPoses = 5, kApart = 2;  // kApart: windows
constexpr float kNear = 0.05f;                                       // metres

constexpr int kValues = 3 * static_cast<int>(motion::kJoints * kWindowPoses);
using Window = Eigen::Array<float, kValues, 1>;

Window window_at(std::span<const motion::JointPositions> joints, std::size_t from, std::size_t step) {
  Window out;
  int value = 0;
  for (std::size_t k = 0; k < kWindowPoses; ++k) {
    const motion::JointPositions& pose = joints[from + k * step];
    const motion::Vec3 place(pose[motion::kPelvis].x(), 0, pose[motion::kPelvis].z());
    for (const motion::Vec3& p : pose) {
      out.segment<3>(value) = (p - place).array();
      value += 3;
    }
  }
  return out;
}

// The section at a time, or none.
const audio::Section* section_at(std::span<const audio::Section> sections, double time) {
  for (const audio::Section& section : sections)
    if (time >= section.start && time < section.end) return &section;
  return nullptr;
}

bool returns(const audio::Section* a, const audio::Section* b) {
  return a != nullptr && b != nullptr && a != b && a->label == b->label;
}

double near_share(const std::vector<float>& nearest) {
  const auto near = std::count_if(nearest.begin(), nearest.end(), [](float d) { return d < kNear; });
  return static_cast<double>(near) / static_cast<double>(nearest.size());
}

}  // namespace

Variety variety(std::span<const motion::JointPositions> joints, double fps,
                std::span<const audio::Section> sections) {
  Variety out;
  if (!(fps > 0) || joints.empty()) return out;
  const auto step = static_cast<std::size_t>(std::max(1.0, std::floor(kStepSeconds * fps + 1e-9)));
  const std::size_t poses = (joints.size() - 1) / step + 1;
  std::vector<Window, Eigen::aligned_allocator<Window>> windows;
  std::vector<const audio::Section*> in;
  for (std::size_t from = 0; from + kWindowPoses <= poses; from += kHopPoses) {
    windows.push_back(window_at(joints, from * step, step));
    const std::size_t middle = (from + kWindowPoses / 2) * step;
    in.push_back(section_at(sections, static_cast<double>(middle) / fps));
  }
  if (windows.size() <= kApart) return out;

  std::vector<float> nearest(windows.size(), std::numeric_limits<float>::infinity());
  std::vector<float> nearest_but_returns = nearest;
  for (std::size_t a = 0; a < windows.size(); ++a)
    for (std::size_t b = a + kApart; b < windows.size(); ++b) {
      const float distance = (windows[a] - windows[b]).abs().mean();
      for (const std::size_t w : {a, b}) {
        nearest[w] = std::min(nearest[w], distance);
        if (!returns(in[a], in[b])) nearest_but_returns[w] = std::min(nearest_but_returns[w], distance);
      }
    }
  out.windows = windows.size();
  out.repetition = near_share(nearest);
  out.repetition_but_returns = near_share(nearest_but_returns);
  return out;
}

}  // namespace terpsi::measure
