#include "generate/sample/sampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/limits.h"
#include "base/random.h"

namespace terpsi::generate {
namespace {

constexpr int kDims = motion::kMotionDims;

bool fits(const manifest::ModelInfo& model, const Condition& condition) {
  const auto frames = static_cast<std::size_t>(std::max(condition.frames, 0));
  return model.window > 0 && condition.columns >= ConditionLayout::kFixedColumns &&
         condition.columns == model.condition_columns &&
         condition.values.size() == frames * static_cast<std::size_t>(condition.columns) &&
         condition.phrases.size() == frames && condition.noise_frames.size() == frames;
}

bool is_grid(const std::vector<float>& times) {
  if (times.empty() || times.size() > limits::kMaxSamplerSteps || times.front() != 0.f) return false;
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (!(times[i] > times[i - 1])) return false;
  }
  return times.back() < 1.f;
}

bool is_scale(float guidance) {
  return guidance >= 0.f && guidance <= static_cast<float>(limits::kMaxGuidance);
}

bool fits(const KnownMotion& known, int frames) {
  const auto values = static_cast<std::size_t>(frames) * kDims;
  if (known.mask.size() != values || known.values.size() != values) return false;
  for (std::size_t i = 0; i < values; ++i) {
    if (known.mask[i] != 0.f && !std::isfinite(known.values[i])) return false;
  }
  return true;
}

// Turns the (sin, cos) pair by `cycles`.
void turn(float* pair, double cycles) {
  const double angle = 2 * std::numbers::pi * cycles;
  const double s = static_cast<double>(pair[0]), c = static_cast<double>(pair[1]);
  pair[0] = static_cast<float>(s * std::cos(angle) + c * std::sin(angle));
  pair[1] = static_cast<float>(c * std::cos(angle) - s * std::sin(angle));
}

// A condition row `frames_beyond` the last one: the beat goes on at its tempo, the rest stays.
void extrapolate(float* row, int frames_beyond) {
  if (row[ConditionLayout::kBeatsKnown] == 0.f) return;
  const double beats =
      120 * std::exp2(static_cast<double>(row[ConditionLayout::kTempo])) / 60 * frames_beyond / limits::kFps;
  turn(row + ConditionLayout::kBeatPhase, beats);
  turn(row + ConditionLayout::kPhrasePhase, beats / 4);
  turn(row + ConditionLayout::kEightPhase, beats / 8);
}

}  // namespace

std::vector<float> even_times(int steps) {
  std::vector<float> times;
  for (int i = 0; i < steps; ++i) times.push_back(static_cast<float>(i) / static_cast<float>(steps));
  return times;
}

Sampler::Sampler(const manifest::ModelInfo& model, const Condition& condition, std::uint64_t seed,
                 const SamplerOptions& options)
    : model_(&model),
      condition_(&condition),
      known_(options.known != nullptr && !options.known->empty() ? options.known : nullptr),
      known_exactly_(options.known_exactly || !model.masked),
      seed_(seed),
      max_batch_(std::clamp(options.max_batch, 1, 64)),
      guidance_(options.guidance.value_or(model.guidance)),
      times_(options.times.empty() ? model.times : options.times) {
  const bool possible = fits(model, condition) && is_grid(times_) && is_scale(guidance_) &&
                        (known_ == nullptr || fits(*known_, condition.frames));
  plan_ = plan_windows(possible ? condition.frames : 0, model.window, model.overlap);
  motion_.reserve(frame_values(plan_.frames));
  find_breaks(options.breaks);
  if (!done()) begin_chunk();
}

// The join of window w is the middle of its overlap with w - 1.
void Sampler::find_breaks(const std::vector<int>& frames) {
  for (const int frame : frames) {
    const double window = (frame - plan_.overlap / 2.0) / plan_.hop();
    if (window >= 0.5 && window < plan_.count - 0.5) breaks_.push_back(static_cast<int>(std::lround(window)));
  }
  std::sort(breaks_.begin(), breaks_.end());
}

std::size_t Sampler::frame_values(int frames) const {
  return static_cast<std::size_t>(frames) * kDims;
}

bool Sampler::done() const {
  return window_ >= plan_.count;
}

double Sampler::progress() const {
  if (done()) return 1.0;
  return static_cast<double>(evaluated_) /
         (static_cast<double>(plan_.count) * static_cast<double>(times_.size()));
}

int Sampler::ready_frames() const {
  return ready_;
}

std::span<const float> Sampler::motion() const {
  return motion_;
}

bool Sampler::at_break() const {
  return done() || (step_ == 0 && window_ > 0 && std::binary_search(breaks_.begin(), breaks_.end(), window_));
}

void Sampler::redirect(const Condition& condition, std::uint64_t seed) {
  condition_ = &condition;
  seed_ = seed;
  if (done() || step_ > 0) return;
  draw_noise();
  fill_conditions();
  step_filled_ = false;
}

void Sampler::begin_chunk() {
  const auto next_break = std::upper_bound(breaks_.begin(), breaks_.end(), window_);
  const int end = next_break == breaks_.end() ? plan_.count : *next_break;
  batch_ = window_ == 0 ? 1 : std::min(max_batch_, end - window_);
  step_ = 0;
  step_filled_ = false;
  const int frames = (batch_ - 1) * plan_.hop() + plan_.window;
  x_.resize(frame_values(frames));
  x1_.resize(frame_values(frames));
  draw_noise();
  take_known();
  const auto in_rows = static_cast<std::size_t>(rows() * plan_.window);
  in_x_.resize(in_rows * kDims);
  in_t_.resize(static_cast<std::size_t>(rows()));
  in_cond_.resize(in_rows * static_cast<std::size_t>(condition_->columns));
  in_phrase_.resize(in_rows);
  in_mask_.assign(model_->masked ? in_rows * kDims : 0, 0.f);
  fill_conditions();
}

void Sampler::fill_conditions() {
  for (int slot = 0; slot < batch_; ++slot) fill_condition(slot, window_ + slot);
  if (rows() > batch_) fill_without_condition();
}

void Sampler::draw_noise() {
  const auto frames = static_cast<int>(x_.size() / kDims);
  for (int f = 0; f < frames; ++f) {
    const int frame = plan_.start(window_) + f;
    const int beyond = std::max(frame - (plan_.frames - 1), 0);
    const std::int32_t key = condition_->noise_frames[static_cast<std::size_t>(frame - beyond)] + beyond;
    for (int d = 0; d < kDims; ++d) {
      x_[frame_values(f) + static_cast<std::size_t>(d)] =
          gaussian(seed_, Stream::motion, static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(d));
    }
  }
}

// Past the end of the song nothing is known.
void Sampler::take_known() {
  if (known_ == nullptr) return;
  clean_.assign(x_.size(), 0.f);
  known_mask_.assign(x_.size(), 0.f);
  const std::size_t first = frame_values(plan_.start(window_));
  const std::size_t values = std::min(x_.size(), frame_values(plan_.frames) - first);
  for (std::size_t i = 0; i < values; ++i) {
    const std::size_t d = i % kDims;
    if (known_->mask[first + i] == 0.f) continue;
    known_mask_[i] = 1.f;
    clean_[i] = (known_->values[first + i] - model_->mean[d]) / model_->std[d];
  }
}

void Sampler::fill_condition(int slot, int window) {
  const auto columns = static_cast<std::size_t>(condition_->columns);
  for (int f = 0; f < plan_.window; ++f) {
    const int frame = plan_.start(window) + f;
    const int beyond = std::max(frame - (plan_.frames - 1), 0);
    const auto known = static_cast<std::size_t>(frame - beyond);
    const auto row = static_cast<std::size_t>(slot * plan_.window + f);
    std::copy_n(condition_->values.data() + known * columns, columns, in_cond_.data() + row * columns);
    if (beyond > 0) extrapolate(in_cond_.data() + row * columns, beyond);
    in_phrase_[row] = condition_->phrases[known];
  }
}

// The second half of the batch: what the network makes of the same noise without condition.
void Sampler::fill_without_condition() {
  const std::size_t half = in_phrase_.size() / 2;
  const auto columns = static_cast<std::size_t>(condition_->columns);
  std::copy_n(in_cond_.begin(), half * columns,
              in_cond_.begin() + static_cast<std::ptrdiff_t>(half * columns));
  for (std::size_t row = half; row < 2 * half; ++row) {
    float* cond = in_cond_.data() + row * columns;
    for (std::size_t k = ConditionLayout::kStyles; k < columns; ++k) cond[k] = 0.f;
    cond[ConditionLayout::kEnergy] = 0.5f;
    cond[ConditionLayout::kAccent] = 0.f;
    in_phrase_[row] = 0;
  }
}

void Sampler::fill_step() {
  for (int slot = 0; slot < batch_; ++slot) {
    const std::size_t from = frame_values(slot * plan_.hop()), to = frame_values(slot * plan_.window);
    std::copy_n(x_.data() + from, frame_values(plan_.window), in_x_.data() + to);
    if (!model_->masked || known_ == nullptr) continue;
    std::copy_n(known_mask_.data() + from, frame_values(plan_.window), in_mask_.data() + to);
    for (std::size_t i = 0; i < frame_values(plan_.window); ++i) {
      if (in_mask_[to + i] != 0.f) in_x_[to + i] = clean_[from + i];
    }
  }
  if (rows() > batch_) {
    const auto repeat = [](std::vector<float>& values) {
      const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
      std::copy_n(values.begin(), half, values.begin() + half);
    };
    repeat(in_x_);
    repeat(in_mask_);
  }
  std::fill(in_t_.begin(), in_t_.end(), times_[step_]);
  step_filled_ = true;
}

const StepInput& Sampler::next() {
  if (done()) return input_;
  if (!step_filled_) fill_step();
  input_ = {rows(),   in_x_,      in_t_,
            in_cond_, in_phrase_, in_mask_};  // of this sampler, not of one it is a copy of
  return input_;
}

Status Sampler::feed(std::span<const float> x1) {
  if (done()) return Error{ErrorCode::invalid_argument, "the dance is already complete; feed no more"};
  if (x1.size() != frame_values(rows() * plan_.window)) {
    return Error{ErrorCode::invalid_argument, "the network's output has " + std::to_string(x1.size()) +
                                                  " values instead of " +
                                                  std::to_string(frame_values(rows() * plan_.window)) +
                                                  "; run the batch that next() asked for"};
  }
  for (float v : x1) {
    if (!std::isfinite(v)) {
      return Error{ErrorCode::internal, "the network's output is not finite; try another device or model"};
    }
  }
  merge(guided(x1));
  keep_known();
  evaluated_ += batch_;
  step_filled_ = false;
  if (step_ + 1 < times_.size()) {
    advance();
  } else {
    finish_chunk();
  }
  return ok_status();
}

// One prediction for each window.
std::span<const float> Sampler::guided(std::span<const float> x1) {
  if (rows() == batch_) return x1;
  const std::size_t half = x1.size() / 2;
  guided_.resize(half);
  for (std::size_t i = 0; i < half; ++i) guided_[i] = x1[half + i] + guidance_ * (x1[i] - x1[half + i]);
  return guided_;
}

// x1_ = the windows' predictions, cross-faded over their overlaps and with the previous chunk's tail.
void Sampler::merge(std::span<const float> x1) {
  for (int slot = 0; slot < batch_; ++slot) {
    const float* from = x1.data() + frame_values(slot * plan_.window);
    float* to = x1_.data() + frame_values(slot * plan_.hop());
    const bool joined = slot > 0 || !tail_.empty();
    for (int f = 0; f < plan_.window; ++f, from += kDims, to += kDims) {
      if (!joined || f >= plan_.overlap) {
        std::copy_n(from, kDims, to);
        continue;
      }
      const float* before = slot > 0 ? to : tail_.data() + frame_values(f);
      const float weight = crossfade(f, plan_.overlap);
      for (int d = 0; d < kDims; ++d) to[d] = before[d] + weight * (from[d] - before[d]);
    }
  }
}

void Sampler::keep_known() {
  if (known_ == nullptr || !known_exactly_) return;
  for (std::size_t i = 0; i < x1_.size(); ++i) {
    if (known_mask_[i] != 0.f) x1_[i] = clean_[i];
  }
}

void Sampler::advance() {
  const float t = times_[step_];
  const float ratio = (times_[step_ + 1] - t) / (1.f - t);
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] += ratio * (x1_[i] - x_[i]);
  ++step_;
}

// Frames up to the overlap with the next chunk are ready; that overlap is kept to be faded from.
void Sampler::finish_chunk() {
  const int start = plan_.start(window_);
  const int frames = (batch_ - 1) * plan_.hop() + plan_.window;
  window_ += batch_;
  const int end = done() ? plan_.frames : plan_.start(window_);
  for (int f = ready_ - start; f < end - start; ++f) {
    for (int d = 0; d < kDims; ++d) {
      const auto i = static_cast<std::size_t>(d);
      motion_.push_back(x1_[frame_values(f) + i] * model_->std[i] + model_->mean[i]);
    }
  }
  ready_ = end;
  if (done()) return;
  tail_.assign(x1_.begin() + static_cast<std::ptrdiff_t>(frame_values(frames - plan_.overlap)), x1_.end());
  begin_chunk();
}

}  // namespace terpsi::generate
