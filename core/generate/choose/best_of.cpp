#include "generate/choose/best_of.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "base/random.h"
#include "motion/kinematics.h"

namespace terpsi::generate {
namespace {

constexpr int kContextFrames = 3 * limits::kFps;  // of the dance before a stretch that it is finished with

BestOfOptions within_limits(BestOfOptions options) {
  options.candidates = std::clamp(options.candidates, 1, limits::kMaxCandidates);
  return options;
}

// One dance has no need of breaks.
SamplerOptions with_breaks(SamplerOptions options, const Condition& condition, int candidates) {
  options.breaks.clear();
  if (candidates == 1) return options;
  for (const double start : condition.section_starts)
    options.breaks.push_back(static_cast<int>(std::lround(start * limits::kFps)));
  return options;
}

// What finish() reads of the condition, for frames `from` to `to` alone.
Condition part_of(const Condition& whole, int from, int to) {
  const double shift = static_cast<double>(from) / limits::kFps;
  const auto shifted = [&](std::vector<double> times) {
    for (double& t : times) t -= shift;
    return times;
  };
  Condition c;
  c.frames = to - from;
  c.style = whole.style;
  c.beats = shifted(whole.beats);
  c.dance_beats = shifted(whole.dance_beats);
  c.section_starts = shifted(whole.section_starts);
  c.alive_from = whole.alive_from - shift;
  c.alive_by = whole.alive_by - shift;
  c.final_beat = whole.final_beat < shift ? -1 : whole.final_beat - shift;
  return c;
}

// The style that is danced at this frame: the greatest of the condition's style weights.
int style_at(const Condition& condition, int frame) {
  const float* row = condition.values.data() + static_cast<std::ptrdiff_t>(frame) * condition.columns;
  const float* weights = row + ConditionLayout::kStyles;
  return static_cast<int>(std::max_element(weights, row + condition.columns) - weights);
}

std::span<const Condition> alike(std::span<const Condition> plans) {
  const Condition& first = plans.front();
  const bool all = std::all_of(plans.begin(), plans.end(), [&](const Condition& c) {
    return c.frames == first.frames && c.columns == first.columns && c.values.size() == first.values.size() &&
           c.phrases.size() == first.phrases.size() && c.noise_frames.size() == first.noise_frames.size();
  });
  return plans.first(all ? plans.size() : 1);
}

}  // namespace

BestOf::BestOf(const manifest::ModelInfo& model, std::span<const Condition> plans, std::uint64_t seed,
               SamplerOptions options, BestOfOptions best_of)
    : model_(&model),
      plans_(alike(plans)),
      seed_(seed),
      options_(within_limits(std::move(best_of))),
      chosen_(model, plans.front(), seed,
              with_breaks(std::move(options), plans.front(), options_.candidates)),
      trial_(chosen_) {}

bool BestOf::done() const {
  return choosing() ? chosen_.done() : trial_.done();
}

const StepInput& BestOf::next() {
  return trial_.next();
}

Status BestOf::feed(std::span<const float> x1) {
  if (auto status = trial_.feed(x1); !status || !choosing() || !trial_.at_break()) return status;
  judge();
  if (++candidate_ == options_.candidates) choose();
  begin_candidate();
  return ok_status();
}

double BestOf::progress() const {
  if (done()) return 1;
  if (!choosing()) return trial_.progress();
  const double before = chosen_.progress(), stretch = best_ ? best_->sampler.progress() - before : 0;
  return before + (candidate_ * stretch + trial_.progress() - before) / options_.candidates;
}

int BestOf::ready_frames() const {
  return choosing() ? chosen_.ready_frames() : trial_.ready_frames();
}

std::span<const float> BestOf::motion() const {
  return choosing() ? chosen_.motion() : trial_.motion();
}

const std::vector<Choice>& BestOf::choices() const {
  return choices_;
}

std::uint64_t BestOf::seed_of(int candidate) const {
  if (candidate == 0) return seed_;
  const auto k = static_cast<std::uint32_t>(candidate);
  return std::uint64_t{random_bits(seed_, Stream::candidates, k, 0)} << 32 |
         random_bits(seed_, Stream::candidates, k, 1);
}

// A stretch starts within half a hop of its section, in the middle of an overlap: half a window on it is
// inside.
int BestOf::label() const {
  const int inside = chosen_.ready_frames() + model_->window / 2;
  int label = 0;
  for (const audio::Section& s : options_.sections) {
    if (s.start * limits::kFps <= inside) label = s.label;
  }
  return label;
}

const Choice* BestOf::earlier() const {
  for (const Choice& choice : choices_) {
    if (choice.label == label()) return &choice;
  }
  return nullptr;
}

int BestOf::plan() const {
  const Choice* before = earlier();
  return before != nullptr ? before->plan : candidate_ % static_cast<int>(plans_.size());
}

void BestOf::begin_candidate() {
  trial_ = chosen_;
  trial_.redirect(plans_[static_cast<std::size_t>(plan())], seed_of(candidate_));
}

// The trial has danced a stretch: what is it worth?
void BestOf::judge() {
  const Condition& condition = plans_[static_cast<std::size_t>(plan())];
  const int start = chosen_.ready_frames(), end = trial_.ready_frames();
  const int from = std::max(start - kContextFrames, 0);
  const auto values = trial_.motion().subspan(static_cast<std::size_t>(from) * motion::kMotionDims);
  const motion::Clip clip = finish(values, part_of(condition, from, end), options_.finish);
  const std::vector<motion::JointPositions> joints = motion::joint_positions(clip);

  // A second before the stretch is looked at too: there it joins what was danced before.
  const int seen = std::max(start - limits::kFps, from);
  const auto style = static_cast<std::size_t>(style_at(condition, (start + end) / 2));
  CandidateSetting setting;
  setting.beats = part_of(condition, seen, end).beats;
  setting.style_magnitude = static_cast<double>(model_->styles[style].magnitude);
  if (start > 0) setting.join = (start - seen + model_->overlap / 2.0) / limits::kFps;
  std::vector<motion::BodyPose> danced;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    if (choices_[i].label != label()) danced.insert(danced.end(), danced_[i].begin(), danced_[i].end());
  }
  setting.danced = danced;
  figures_.push_back(candidate_figures(std::span(joints).subspan(static_cast<std::size_t>(seen - from)),
                                       limits::kFps, setting));
  const Choice* before = earlier();
  const bool same_noise = before != nullptr && before->candidate == candidate_;
  const double points = candidate_score(figures_.back()) + (same_noise ? kReturnBonus : 0);
  if (best_ && best_->points >= points) return;
  best_.emplace(
      Judged{candidate_, plan(), points, trial_,
             motion::body_poses(std::span(joints).subspan(static_cast<std::size_t>(start - from)))});
}

void BestOf::choose() {
  choices_.push_back({chosen_.ready_frames(), best_->sampler.ready_frames(), label(), best_->candidate,
                      best_->plan, std::move(figures_)});
  danced_.push_back(std::move(best_->poses));
  chosen_ = std::move(best_->sampler);
  best_.reset();
  figures_.clear();
  candidate_ = 0;
}

}  // namespace terpsi::generate
