#include "native/evaluate/figures.h"

#include "base/limits.h"

namespace terpsi::native {
namespace {

using measure::BeatMetrics;
using measure::Feet;
using measure::MotionMetrics;
using Value = std::optional<double>;

template <auto member>
Value beat(const Measured& m) {
  return m.beats ? Value(static_cast<double>((*m.beats).*member)) : std::nullopt;
}

template <auto member>
Value motion_of(const Measured& m) {
  return m.motion.*member;
}

template <auto member>
Value repeat(const Measured& m) {
  return m.repetition.windows > 0 ? Value(m.repetition.*member) : std::nullopt;
}

template <auto member>
Value low_toe(const Measured& m) {
  return m.feet.low_toes > 0 ? Value(m.feet.*member) : std::nullopt;
}

template <auto member>
Value feet_of(const Measured& m) {
  return m.feet.*member;
}

Value swing_height(const Measured& m) {
  return m.feet.fast_toes > 0 ? Value(m.feet.swing_height) : std::nullopt;
}

Value repetition_5cm(const Measured& m) {
  return m.variety.windows > 0 ? Value(m.variety.repetition) : std::nullopt;
}

Value repetition_but_returns(const Measured& m) {
  return m.variety.windows > 0 && m.sections ? Value(m.variety.repetition_but_returns) : std::nullopt;
}

Value mean_outside_range(const Measured& m) {
  if (!m.limits) return std::nullopt;
  double sum = 0;
  for (const double share : m.limits->joint) sum += share;
  return sum / (motion::kJoints - 1);
}

Value any_outside_range(const Measured& m) {
  return m.limits ? Value(m.limits->any) : std::nullopt;
}

constexpr bool kCount = true;

// clang-format off
constexpr Metric kMetrics[] = {
    // name                       unit     better           value
    {"music_beats",               "",      Better::neither, beat<&BeatMetrics::music_beats>, kCount},
    {"dance_beats",               "",      Better::neither, beat<&BeatMetrics::dance_beats>, kCount},
    {"bas",                       "",      Better::higher,  beat<&BeatMetrics::score>},
    {"bas_ref",                   "",      Better::higher,  beat<&BeatMetrics::score_ref>},
    {"bas_chance",                "",      Better::neither, beat<&BeatMetrics::chance>},
    {"bas_excess",                "",      Better::higher,  beat<&BeatMetrics::excess>},
    {"beat_precision",            "",      Better::higher,  beat<&BeatMetrics::precision>},
    {"beat_recall",               "",      Better::higher,  beat<&BeatMetrics::recall>},
    {"beat_f1",                   "",      Better::higher,  beat<&BeatMetrics::f1>},
    {"rhythm_alignment",          "",      Better::higher,  beat<&BeatMetrics::rhythm_alignment>},
    {"sync_error_s",              "s",     Better::lower,   beat<&BeatMetrics::sync_error>},
    {"beat_alignment_error_s",    "s",     Better::lower,   beat<&BeatMetrics::alignment_error>},
    {"beat_alignment_error_ref_s", "s",    Better::lower,   beat<&BeatMetrics::alignment_error_ref>},
    {"foot_skate",                "",      Better::lower,   motion_of<&MotionMetrics::foot_skate>},
    {"foot_skate_ref",            "",      Better::lower,   motion_of<&MotionMetrics::foot_skate_ref>},
    {"skate_speed",               "m/s",   Better::lower,   motion_of<&MotionMetrics::skate_speed>},
    {"contact",                   "",      Better::neither, motion_of<&MotionMetrics::contact>},
    {"glide",                     "",      Better::lower,   low_toe<&Feet::glide>},
    {"glide_speed",               "m/s",   Better::lower,   low_toe<&Feet::glide_speed>},
    {"glide_any",                 "",      Better::lower,   feet_of<&Feet::glide_any>},
    {"swing_height",              "m",     Better::neither, swing_height},
    {"planted",                   "",      Better::higher,  feet_of<&Feet::planted>},
    {"freeze",                    "",      Better::lower,   motion_of<&MotionMetrics::freeze>},
    {"magnitude",                 "m/s",   Better::neither, motion_of<&MotionMetrics::magnitude>},
    {"jitter",                    "m",     Better::lower,   motion_of<&MotionMetrics::jitter>},
    {"acceleration",              "m/s^2", Better::neither, motion_of<&MotionMetrics::acceleration>},
    {"jerk",                      "m/s^3", Better::lower,   motion_of<&MotionMetrics::jerk>},
    {"jerk_peak",                 "",      Better::lower,   motion_of<&MotionMetrics::jerk_peak>},
    {"pfc",                       "",      Better::lower,   motion_of<&MotionMetrics::pfc>},
    {"floating",                  "m",     Better::lower,   motion_of<&MotionMetrics::floating>},
    {"floating_ref",              "m",     Better::lower,   motion_of<&MotionMetrics::floating_ref>},
    {"penetration",               "m",     Better::lower,   motion_of<&MotionMetrics::penetration>},
    {"penetration_ref",           "m",     Better::lower,   motion_of<&MotionMetrics::penetration_ref>},
    {"bone_deviation",            "",      Better::lower,   motion_of<&MotionMetrics::bone_deviation>},
    {"symmetry",                  "",      Better::neither, motion_of<&MotionMetrics::symmetry>},
    {"repetition",                "",      Better::neither, repeat<&measure::Repetition::share>},
    {"repetition_distance",       "m",     Better::neither, repeat<&measure::Repetition::distance>},
    {"repetition_5cm",            "",      Better::neither, repetition_5cm},
    {"repetition_5cm_but_returns", "",     Better::lower,   repetition_but_returns},
    {"joint_limits",              "",      Better::lower,   mean_outside_range},
    {"joint_limits_any",          "",      Better::lower,   any_outside_range},
};
// clang-format on

}  // namespace

Measured measure_motion(std::span<const motion::JointPositions> joints, std::span<const motion::Frame> frames,
                        const std::vector<double>* beats, std::span<const audio::Section> sections) {
  Measured out;
  out.joints = joints;
  if (beats != nullptr) out.beats = measure::beat_metrics(joints, limits::kFps, *beats);
  out.motion = measure::motion_metrics(joints, limits::kFps);
  out.feet = measure::feet(joints, limits::kFps);
  out.variety = measure::variety(joints, limits::kFps, sections);
  out.sections = !sections.empty();
  out.repetition = measure::repetition(motion::body_poses(joints), limits::kFps);
  if (!frames.empty()) {
    motion::Clip clip;
    clip.frames.assign(frames.begin(), frames.end());
    out.limits = motion::outside_shares(clip);
  }
  return out;
}

std::span<const Metric> metrics() {
  return kMetrics;
}

std::string describe_metric(const std::string& name) {
  for (const Metric& metric : kMetrics) {
    if (metric.name != name) continue;
    std::string text = metric.unit;
    if (metric.better != Better::neither)
      text += std::string(text.empty() ? "" : ", ") + (metric.better == Better::lower ? "lower" : "higher") +
              " is better";
    return text.empty() ? text : " (" + text + ")";
  }
  return {};
}

Figures figures_of(const Measured& measured) {
  Figures out = Figures::object();
  for (const Metric& metric : kMetrics) {
    const auto value = metric.of(measured);
    if (!value) continue;
    if (metric.is_count)
      out[metric.name] = static_cast<int>(*value);
    else
      out[metric.name] = *value;
  }
  return out;
}

nlohmann::ordered_json limits_by_joint(const motion::JointLimitShares& shares) {
  nlohmann::ordered_json json;
  for (std::size_t j = 1; j < motion::kJoints; ++j)
    json[std::string(motion::kJointNames[j])] = shares.joint[j];
  return json;
}

}  // namespace terpsi::native
