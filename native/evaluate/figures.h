#pragma once
// The figures of one motion, by the names under which `terpsi evaluate` prints them (docs/evaluation.md).

#include <nlohmann/json.hpp>
#include <span>

#include "motion/clip.h"

namespace terpsi::native {

using Figures = nlohmann::ordered_json;  // an object of numbers

// How well it keeps time with these beats (seconds from its first frame), at limits::kFps.
Figures beat_figures(std::span<const motion::JointPositions> joints, std::span<const double> beats);

// What needs no music, at limits::kFps.
Figures motion_figures(std::span<const motion::JointPositions> joints);

// How often joints are turned beyond human range: mean over the joints, and any of them.
Figures limit_figures(std::span<const motion::Frame> frames);

// The same share for each joint by its name, without the pelvis.
nlohmann::ordered_json limits_by_joint(std::span<const motion::Frame> frames);

}  // namespace terpsi::native
