#include "generate/graph/motion_graph.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "base/curves.h"
#include "base/limits.h"
#include "generate/plan/beat_grid.h"
#include "motion/kinematics.h"
#include "motion/mirror.h"
#include "motion/motion_vector.h"
#include "motion/rotation.h"

namespace terpsi::generate {
namespace {

using motion::Frame, motion::Quat, motion::Vec3;

constexpr double kSnap = 0.05;    // phrases a change of code may be away from the start of a phrase
constexpr double kJitter = 0.02;  // phrases the phase may go back by
constexpr double kCoast = 0.15;   // beats: time constant of a recording that ends coming to rest
constexpr double kLeastReach = 0.45, kMostReach = 1.0;  // beats on each side of a join
constexpr double kReachPerRadian = 0.9;
constexpr float kMostPull = 1.f;  // m/s by which a planted foot may change the pelvis's velocity in a join
constexpr double kLeastTurn = 0.5, kFullTurn = 1.2;  // radians: lesser turns are left to the cross-fade
constexpr double kTurnFade = 4.0;  // beats over which a new phrase turns back to its own heading

// A stretch of frames that shows one recording without a break.
struct Run {
  int first = 0, last = 0;    // frames [first, last)
  double begin = 0, end = 0;  // phrases (unwrapped phrase phase) at which it takes over and is taken over
  double base = 0;            // phrase number at which `row` is shown
  int row = 0;                // of the corpus
  int low = 0, high = 0;      // rows that may be shown, inclusive
  bool mirrored = false;
  float turn = 0;  // radians about the vertical, at the begin
};

// Cross-fade from one run to the next.
struct Join {
  double from = 0, to = 0;  // phrases
};

// What is shown at one frame.
struct Shown {
  Frame frame;
  float joining = 0;  // 0 outside joins, 1 in their middle
};

class Player {
 public:
  Player(const PhraseCorpus& corpus, const Condition& condition) : corpus_(corpus), condition_(condition) {
    span_ = kPhraseBeats * corpus.samples;
    measure_phases();
    find_mean_poses();
    find_runs();
    for (std::size_t k = 0; k + 1 < runs_.size(); ++k) add_join(runs_[k], runs_[k + 1]);
  }

  std::vector<float> play() const {
    std::vector<float> out(phase_.size() * motion::kMotionDims);
    std::size_t run = 0;
    Shown before;
    for (std::size_t i = 0; i < phase_.size(); ++i) {
      while (run + 1 < runs_.size() && static_cast<int>(i) >= runs_[run].last) ++run;
      Shown now = frame_at(i, run);
      const auto pace = static_cast<float>(beats_per_second(i));
      now.frame.root.x() *= pace;
      now.frame.root.z() *= pace;
      if (i > 0 && now.joining > 0) stand(now, before.frame);
      write(now.frame, out.data() + i * motion::kMotionDims);
      before = now;
    }
    return out;
  }

 private:
  float value(std::size_t frame, std::size_t column) const {
    return condition_.values[frame * static_cast<std::size_t>(condition_.columns) + column];
  }

  // The style of most weight.
  std::size_t style_at(std::size_t frame) const {
    std::size_t most = 0;
    for (std::size_t s = 1; s < corpus_.styles.size(); ++s)
      if (value(frame, ConditionLayout::kStyles + s) > value(frame, ConditionLayout::kStyles + most))
        most = s;
    return most;
  }

  double beats_per_second(std::size_t i) const {
    if (value(i, ConditionLayout::kBeatsKnown) > 0.5f)
      return 2 * std::exp2(std::clamp(static_cast<double>(value(i, ConditionLayout::kTempo)), -3.0, 3.0));
    return static_cast<double>(corpus_.styles[style_at(i)].bpm) / 60;
  }

  // Phrases since the start of the first one, by frame. Where the pulse changes between sections it leaps
  // ahead.
  void measure_phases() {
    double number = 0, before = 0;
    for (std::size_t i = 0; i < condition_.phrases.size(); ++i) {
      double phase = 0;
      if (value(i, ConditionLayout::kBeatsKnown) > 0.5f) {
        phase = std::atan2(static_cast<double>(value(i, ConditionLayout::kPhrasePhase)),
                           static_cast<double>(value(i, ConditionLayout::kPhrasePhase + 1))) /
                (2 * std::numbers::pi);
        phase -= std::floor(phase);
      } else if (i > 0 && style_at(i) == style_at(i - 1)) {
        phase = before + beats_per_second(i) / (kPhraseBeats * limits::kFps);
        phase -= std::floor(phase);
      }
      if (i > 0 && before < kSnap && phase > 1 - kSnap) number -= 1;  // a start was rounded up
      if (i > 0 && phase < before - kJitter) number += 1;
      phase_.push_back(number + phase);
      before = phase;
    }
  }

  void find_mean_poses() {
    for (std::size_t clip = 0; clip + 1 < corpus_.clip_start.size(); ++clip) {
      std::array<double, motion::kMotionDims> sum{};
      const auto begin = static_cast<std::size_t>(corpus_.clip_start[clip]);
      const auto end = static_cast<std::size_t>(corpus_.clip_start[clip + 1]);
      for (std::size_t row = begin; row < end; ++row)
        for (std::size_t d = 0; d < sum.size(); ++d)
          sum[d] += static_cast<double>(corpus_.rows[row * motion::kMotionDims + d]);
      std::array<float, motion::kMotionDims> mean{};
      for (std::size_t d = 0; d < sum.size(); ++d)
        mean[d] = static_cast<float>(sum[d] / static_cast<double>(end - begin));
      mean_.push_back(frame_of(mean));
    }
  }

  // Root: horizontal velocity and height.
  static Frame frame_of(std::span<const float> row) {
    Frame frame;
    for (std::size_t c = 0; c < motion::kContacts; ++c) frame.contacts[c] = row[motion::kContactOffset + c];
    frame.root = {row[motion::kRootOffset], row[motion::kRootOffset + 1], row[motion::kRootOffset + 2]};
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      frame.rotations[j] = motion::from_6d(row.subspan(motion::kRotationOffset + 6 * j).first<6>());
    return frame;
  }

  Frame row_at(int row) const {
    return frame_of(std::span(corpus_.rows)
                        .subspan(static_cast<std::size_t>(row) * motion::kMotionDims, motion::kMotionDims));
  }

  std::size_t clip_of(int row) const {
    const auto after = std::upper_bound(corpus_.clip_start.begin(), corpus_.clip_start.end(), row);
    return static_cast<std::size_t>(after - corpus_.clip_start.begin()) - 1;
  }

  static Frame blend(const Frame& a, const Frame& b, float weight) {
    Frame out;
    out.root = a.root + weight * (b.root - a.root);
    for (std::size_t c = 0; c < motion::kContacts; ++c)
      out.contacts[c] = a.contacts[c] + weight * (b.contacts[c] - a.contacts[c]);
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      out.rotations[j] = a.rotations[j].slerp(weight, b.rotations[j]);
    return out;
  }

  void find_runs() {
    const auto frames = static_cast<int>(phase_.size());
    const auto code = [&](int i) { return condition_.phrases[static_cast<std::size_t>(i)]; };
    double base = 0;
    for (int i = 0; i < frames; ++i) {
      const double phase = phase_[static_cast<std::size_t>(i)];
      const bool other = i > 0 && code(i) != code(i - 1);
      const bool again = i > 0 && !other && phase >= base + 1 && (i + 2 >= frames || code(i + 2) == code(i));
      if (i > 0 && !other && !again) continue;
      const double near = std::round(phase);
      base = i > 0 && std::abs(phase - near) < kSnap ? near : std::floor(phase);
      begin_run(i, base, i == 0 || base <= phase - kSnap ? phase : base);
    }
    if (runs_.empty()) return;
    runs_.back().last = frames;
    runs_.back().end = phase_.back();
  }

  void begin_run(int frame, double base, double begin) {
    const auto& source =
        corpus_.sources[static_cast<std::size_t>(condition_.phrases[static_cast<std::size_t>(frame)] - 1)];
    const int high = source.row + std::max(span_ + source.after - 1, 0);
    if (!runs_.empty()) {
      Run& before = runs_.back();
      if (before.mirrored == source.mirrored &&
          before.row + std::lround((base - before.base) * span_) == source.row &&
          clip_of(before.row) == clip_of(source.row)) {
        before.high = high;
        return;
      }
      before.last = frame;
      before.end = begin;
    }
    runs_.push_back(
        {frame, frame, begin, begin, base, source.row, source.row - source.before, high, source.mirrored, 0});
  }

  // The recording where the phase is `u`, moved by `size`, before its turn.
  Frame recorded(const Run& run, double u, float size) const {
    const double wanted = run.row + (u - run.base) * span_;
    const double at = std::clamp(wanted, static_cast<double>(run.low), static_cast<double>(run.high));
    const int row = std::min(static_cast<int>(at), std::max(run.high - 1, run.low));
    Frame frame = blend(row_at(row), row_at(std::min(row + 1, run.high)), static_cast<float>(at - row));
    if (wanted != at) coast(frame, run, wanted - at);
    resize(frame, mean_[clip_of(run.row)], size);
    return run.mirrored ? motion::mirrored(frame) : frame;
  }

  // Beyond either end of a recording: goes on as it moved there and comes to rest.
  void coast(Frame& frame, const Run& run, double rows) const {
    const bool ahead = rows > 0;
    const int edge = ahead ? run.high : run.low;
    const Frame inner = row_at(ahead ? std::max(edge - 1, run.low) : std::min(edge + 1, run.high));
    const double constant = kCoast * corpus_.samples, left = std::exp(-std::abs(rows) / constant);
    const auto steps = static_cast<float>(constant * (1 - left));
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      const Quat& q = frame.rotations[j];
      frame.rotations[j] = (q * motion::scaled(inner.rotations[j].conjugate() * q, steps)).normalized();
    }
    frame.root.y() += steps * (frame.root.y() - inner.root.y());
    frame.root.x() *= static_cast<float>(left);
    frame.root.z() *= static_cast<float>(left);
  }

  static float lowest_foot(const Frame& frame) {
    const auto p = motion::joint_positions(frame);
    return std::min(
        {p[motion::kLAnkle].y(), p[motion::kRAnkle].y(), p[motion::kLFoot].y(), p[motion::kRFoot].y()});
  }

  static void resize(Frame& frame, const Frame& mean, float size) {
    if (std::abs(size - 1) < 1e-3f) return;
    const float half = 1 + 0.5f * (size - 1), low = lowest_foot(frame);
    for (std::size_t j = 1; j < motion::kJoints; ++j) {
      const bool leg = j == motion::kLHip || j == motion::kRHip || j == motion::kLKnee ||
                       j == motion::kRKnee || j == motion::kLAnkle || j == motion::kRAnkle ||
                       j == motion::kLFoot || j == motion::kRFoot || j == motion::kSpine1;
      const Quat away = mean.rotations[j].conjugate() * frame.rotations[j];
      frame.rotations[j] = (mean.rotations[j] * motion::scaled(away, leg ? half : size)).normalized();
    }
    frame.root.x() *= half;
    frame.root.z() *= half;
    frame.root.y() += low - lowest_foot(frame);
  }

  static void turn(Frame& frame, float angle) {
    if (angle == 0) return;
    const Quat about(Eigen::AngleAxisf(angle, Vec3::UnitY()));
    frame.root = about * frame.root;
    frame.rotations[0] = (about * frame.rotations[0]).normalized();
  }

  Frame shown(const Run& run, double u, float size) const {
    Frame frame = recorded(run, u, size);
    turn(frame, run.turn * (1 - static_cast<float>(smoothstep((u - run.begin) * kPhraseBeats / kTurnFade))));
    return frame;
  }

  // The turn of `b` about the vertical after which its joints, seen from the pelvis, lie nearest to those of
  // `a`.
  static float best_turn(const Frame& a, const Frame& b) {
    const auto p = motion::joint_positions(a), q = motion::joint_positions(b);
    float across = 0, along = 0;
    for (std::size_t j = 1; j < motion::kJoints; ++j) {
      const Vec3 x = p[j] - p[0], y = q[j] - q[0];
      across += x.x() * y.z() - x.z() * y.x();
      along += x.x() * y.x() + x.z() * y.z();
    }
    return across == 0 && along == 0 ? 0.f : std::atan2(across, along);
  }

  void add_join(const Run& before, Run& after) {
    const double u = after.begin;
    const Frame a = shown(before, u, 1.f);
    Frame b = recorded(after, u, 1.f);
    after.turn = best_turn(a, b);
    after.turn *=
        static_cast<float>(smoothstep((std::abs(after.turn) - kLeastTurn) / (kFullTurn - kLeastTurn)));
    turn(b, after.turn);
    float squares = 0;
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
      const float angle = motion::angle_of(a.rotations[j].conjugate() * b.rotations[j]);
      squares += angle * angle;
    }
    const double away = std::sqrt(static_cast<double>(squares) / motion::kJoints);
    double reach = std::clamp(0.3 + kReachPerRadian * away, kLeastReach, kMostReach) / kPhraseBeats;
    reach = std::min({reach, 0.5 * (before.end - before.begin), 0.5 * (after.end - after.begin)});
    reach = std::max(reach, 0.0);
    // The middle moves to where both recordings have rows to show.
    const double until = before.base + static_cast<double>(before.high - before.row) / span_;
    const double since = after.base + static_cast<double>(after.low - after.row) / span_;
    double middle = u;
    if (since + reach <= until - reach) {
      middle = std::clamp(u, since + reach, until - reach);
    } else {
      middle = 0.5 * (since + until);
    }
    const double room =
        std::max(0.0, 0.5 * std::min(before.end - before.begin, after.end - after.begin) - reach);
    middle = std::clamp(middle, u - std::min(reach, room), u + std::min(reach, room));
    joins_.push_back({middle - reach, middle + reach});
  }

  // Within a join the root moves so that a foot that stands in the blend stands on the floor too.
  static void stand(Shown& now, Frame before) {
    Frame frame = now.frame;
    frame.root.setZero();
    before.root.setZero();
    const auto p = motion::joint_positions(before), q = motion::joint_positions(frame);
    Vec3 wanted = Vec3::Zero();
    float sum = 0, most = 0;
    for (const auto& [contact, foot] :
         {std::pair<std::size_t, std::size_t>{motion::kContactLFoot, motion::kLFoot},
          {motion::kContactRFoot, motion::kRFoot}}) {
      const float planted = std::clamp(std::min(before.contacts[contact], frame.contacts[contact]), 0.f, 1.f);
      wanted -= planted * (q[foot] - p[foot]) * static_cast<float>(limits::kFps);
      sum += planted;
      most = std::max(most, planted);
    }
    if (sum <= 0) return;
    Vec3 change = wanted / sum - now.frame.root;
    change.y() = 0;
    if (const float size = change.norm(); size > kMostPull) change *= kMostPull / size;
    now.frame.root += most * now.joining * change;
  }

  Shown frame_at(std::size_t i, std::size_t run) const {
    const double u = phase_[i];
    const float size = std::exp2(0.8f * (value(i, ConditionLayout::kEnergy) - 0.5f));
    // A join reaches at most to the middle of the runs on both sides, so one join at most is under way.
    for (const std::size_t k : {run == 0 ? joins_.size() : run - 1, run}) {
      if (k >= joins_.size() || !(u > joins_[k].from && u < joins_[k].to)) continue;
      const auto weight =
          static_cast<float>(smoothstep((u - joins_[k].from) / (joins_[k].to - joins_[k].from)));
      return {blend(shown(runs_[k], u, size), shown(runs_[k + 1], u, size), weight),
              std::min(1.f, 4 * std::min(weight, 1 - weight))};
    }
    if (run > 0 && u <= joins_[run - 1].from) --run;
    if (run < joins_.size() && u >= joins_[run].to) ++run;
    return {shown(runs_[run], u, size), 0.f};
  }

  static void write(const Frame& frame, float* row) {
    for (std::size_t c = 0; c < motion::kContacts; ++c)
      row[motion::kContactOffset + c] = std::clamp(frame.contacts[c], 0.f, 1.f);
    for (int c = 0; c < 3; ++c) row[motion::kRootOffset + c] = frame.root[c];
    for (std::size_t j = 0; j < motion::kJoints; ++j)
      motion::to_6d(frame.rotations[j], std::span<float, 6>(row + motion::kRotationOffset + 6 * j, 6));
  }

  const PhraseCorpus& corpus_;
  const Condition& condition_;
  int span_ = 0;
  std::vector<double> phase_;
  std::vector<Frame> mean_;  // by clip
  std::vector<Run> runs_;
  std::vector<Join> joins_;
};

}  // namespace

Result<std::vector<float>> dance_phrases(const PhraseCorpus& corpus, const Condition& condition) {
  const auto frames = static_cast<std::size_t>(std::max(condition.frames, 0));
  const auto columns = static_cast<std::size_t>(std::max(condition.columns, 0));
  if (frames == 0 || columns < ConditionLayout::kFixedColumns || condition.phrases.size() != frames ||
      condition.values.size() != frames * columns || condition.style < 0 ||
      condition.style >= static_cast<int>(corpus.styles.size())) {
    return Error{ErrorCode::invalid_argument,
                 "the condition is not one of this corpus; make it with graph_model"};
  }
  for (const float v : condition.values) {
    if (!std::isfinite(v))
      return Error{ErrorCode::invalid_argument, "the condition holds a value that is not finite"};
  }
  for (const auto code : condition.phrases) {
    if (code < 1 || code > static_cast<std::int32_t>(corpus.phrases.size()))
      return Error{ErrorCode::invalid_argument, "the plan has a phrase that the corpus does not have"};
  }
  return Player(corpus, condition).play();
}

}  // namespace terpsi::generate
