#pragma once
// The metrics of one motion: a table with the name of each, its unit, which direction is better and how it is
// computed. To add a metric, compute it in core/measure and give it a row in figures.cpp (docs/evaluation.md
// describes them).

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audio/music.h"
#include "measure/beat_metrics.h"
#include "measure/feet.h"
#include "measure/metrics.h"
#include "measure/repetition.h"
#include "measure/variety.h"
#include "motion/clip.h"
#include "motion/joint_limits.h"

namespace terpsi::native {

using Figures = nlohmann::ordered_json;  // an object of numbers

// A motion at limits::kFps and what several metrics have in common, computed once.
struct Measured {
  std::span<const motion::JointPositions> joints;
  std::optional<measure::BeatMetrics> beats;  // none without music
  measure::MotionMetrics motion;
  measure::Feet feet;
  measure::Repetition repetition;
  measure::Variety variety;
  bool sections = false;                           // whether it is known which sections the music has
  std::optional<motion::JointLimitShares> limits;  // none without rotations
};

// `frames` may be empty: no rotations. `beats`, `sections`: seconds from the first frame; null: no music;
// empty: unknown.
Measured measure_motion(std::span<const motion::JointPositions> joints, std::span<const motion::Frame> frames,
                        const std::vector<double>* beats, std::span<const audio::Section> sections = {});

enum class Better { lower, higher, neither };

struct Metric {
  const char* name;  // key of the JSON
  const char* unit;  // "": a score, a share from 0 to 1, or a count
  Better better;
  std::optional<double> (*of)(const Measured&);  // nothing where it cannot be had
  bool is_count = false;  // a whole number; a sum over stretches, where others are means
};

std::span<const Metric> metrics();

// Unit and better direction of the metric of that name, to stand behind its value: " (m/s, lower is better)".
// May be empty.
std::string describe_metric(const std::string& name);

// All metrics that can be had, in the order of the table.
Figures figures_of(const Measured& measured);

// Share of the frames in which each joint is turned beyond human range, by its name, without the pelvis.
nlohmann::ordered_json limits_by_joint(const motion::JointLimitShares& shares);

}  // namespace terpsi::native
