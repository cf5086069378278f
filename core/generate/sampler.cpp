#include "generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/limits.h"
#include "generate/noise.h"

namespace terpsi::generate {
namespace {

constexpr int kDims = motion::kMotionDims;

bool fits(const ModelInfo& model, const Condition& condition) {
  const auto frames = static_cast<std::size_t>(std::max(condition.frames, 0));
  return model.window > 0 && !model.times.empty() && condition.columns > 0 &&
         condition.columns == model.condition_columns &&
         condition.values.size() == frames * static_cast<std::size_t>(condition.columns) &&
         condition.phrases.size() == frames && condition.noise_frames.size() == frames;
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
  if (row[9] == 0.f) return;
  const double beats = 120 * std::exp2(static_cast<double>(row[6])) / 60 * frames_beyond / limits::kFps;
  turn(row + 0, beats);
  turn(row + 2, beats / 4);
  turn(row + 4, beats / 8);
}

}  // namespace

Sampler::Sampler(const ModelInfo& model, const Condition& condition, std::uint64_t seed, int max_batch)
    : model_(&model), condition_(&condition), seed_(seed), max_batch_(std::clamp(max_batch, 1, 64)) {
  plan_ = plan_windows(fits(model, condition) ? condition.frames : 0, model.window, model.overlap);
  motion_.reserve(frame_values(plan_.frames));
  if (!done()) begin_chunk();
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
         (static_cast<double>(plan_.count) * static_cast<double>(model_->times.size()));
}

int Sampler::ready_frames() const {
  return ready_;
}

std::span<const float> Sampler::motion() const {
  return motion_;
}

void Sampler::begin_chunk() {
  batch_ = window_ == 0 ? 1 : std::min(max_batch_, plan_.count - window_);
  step_ = 0;
  step_filled_ = false;
  const int frames = (batch_ - 1) * plan_.hop() + plan_.window;
  x_.resize(frame_values(frames));
  x1_.resize(frame_values(frames));
  for (int f = 0; f < frames; ++f) {
    const int frame = plan_.start(window_) + f;
    const int beyond = std::max(frame - (plan_.frames - 1), 0);
    const std::int32_t key = condition_->noise_frames[static_cast<std::size_t>(frame - beyond)] + beyond;
    for (int d = 0; d < kDims; ++d) {
      x_[frame_values(f) + static_cast<std::size_t>(d)] =
          gaussian(seed_, Stream::motion, static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(d));
    }
  }
  const auto rows = static_cast<std::size_t>(batch_ * plan_.window);
  in_x_.resize(rows * kDims);
  in_t_.resize(static_cast<std::size_t>(batch_));
  in_cond_.resize(rows * static_cast<std::size_t>(condition_->columns));
  in_phrase_.resize(rows);
  for (int slot = 0; slot < batch_; ++slot) fill_condition(slot, window_ + slot);
}

void Sampler::fill_condition(int slot, int window) {
  const auto columns = static_cast<std::size_t>(condition_->columns);
  for (int f = 0; f < plan_.window; ++f) {
    const int frame = plan_.start(window) + f;
    const int beyond = std::max(frame - (plan_.frames - 1), 0);
    const auto known = static_cast<std::size_t>(frame - beyond);
    const auto row = static_cast<std::size_t>(slot * plan_.window + f);
    std::copy_n(condition_->values.data() + known * columns, columns, in_cond_.data() + row * columns);
    if (beyond > 0 && condition_->columns >= kFixedColumns)
      extrapolate(in_cond_.data() + row * columns, beyond);
    in_phrase_[row] = condition_->phrases[known];
  }
}

void Sampler::fill_step() {
  for (int slot = 0; slot < batch_; ++slot) {
    std::copy_n(x_.data() + frame_values(slot * plan_.hop()), frame_values(plan_.window),
                in_x_.data() + frame_values(slot * plan_.window));
  }
  std::fill(in_t_.begin(), in_t_.end(), model_->times[step_]);
  input_ = {batch_, in_x_, in_t_, in_cond_, in_phrase_, {}};
  step_filled_ = true;
}

const StepInput& Sampler::next() {
  if (!step_filled_ && !done()) fill_step();
  return input_;
}

Status Sampler::feed(std::span<const float> x1) {
  if (done()) return Error{ErrorCode::invalid_argument, "the dance is already complete; feed no more"};
  if (x1.size() != frame_values(batch_ * plan_.window)) {
    return Error{ErrorCode::invalid_argument, "the network's output has " + std::to_string(x1.size()) +
                                                  " values instead of " +
                                                  std::to_string(frame_values(batch_ * plan_.window)) +
                                                  "; run the batch that next() asked for"};
  }
  for (float v : x1) {
    if (!std::isfinite(v)) {
      return Error{ErrorCode::internal, "the network's output is not finite; try another device or model"};
    }
  }
  merge(x1);
  evaluated_ += batch_;
  step_filled_ = false;
  if (step_ + 1 < model_->times.size()) {
    advance();
  } else {
    finish_chunk();
  }
  return ok_status();
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

void Sampler::advance() {
  const float t = model_->times[step_];
  const float ratio = (model_->times[step_ + 1] - t) / (1.f - t);
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
