#include "audio/live/live_beat.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "audio/live/live_bar.h"
#include "audio/live/live_onset.h"
#include "audio/live/live_pointer.h"
#include "audio/live/running_mean.h"
#include "audio/resample.h"

namespace terpsi::audio {
namespace {

constexpr double kFrame = 1.0 / kOnsetRate;
constexpr double kLate = 0.005;  // s, delay of flux peaks after the perceived attack (measured: 0 to 15 ms)
constexpr double kMeanSeconds = 1.0;          // time constant of the mean that onsets are compared with
constexpr double kScaleSeconds = 4.0;         // time constant of the scale of onsets
constexpr double kLeastFlux = 0.02;           // root mean square; weaker onsets are not amplified further
constexpr double kStrongest = 10.0;           // largest onset, in means
constexpr double kJudgeSeconds = 3.5;         // time constant of the confidence
constexpr double kPoor = 0.02, kFine = 0.75;  // nats per onset: confidence 0 and 1
constexpr double kQuietShare = 0.02;          // of the running level: a pause
constexpr double kSilent = 1e-5;              // root mean square: a pause
constexpr double kCoast = 2.0;                // s of pause before confidence decays
constexpr double kFade = 3.0;                 // s of the decay to 0
constexpr double kOn = 0.3, kOff = 0.12;      // confidence at which `pulse` turns true, and false
constexpr int kLookBack = 9;                  // frames: onsets are compared with predictions of this age
constexpr int kEstimateEvery = 3;             // frames
constexpr float kLoudest = 4;

double keep_for(double seconds) {
  return std::exp(-kFrame / seconds);
}

}  // namespace

struct LiveBeat::Impl {
  explicit Impl(int sample_rate)
      : rate(sample_rate),
        resampler(sample_rate, kAnalysisRate),
        clean(512),
        converted(resampler.max_output()),
        pointer(kLiveMinBpm, kLiveMaxBpm) {}

  void process(const LiveFrame& frame);
  float normalised_onset(const LiveFrame& frame);
  void update_confidence(float attack);
  void track_bar(const LiveFrame& frame);
  void publish(double now);

  int rate;
  std::int64_t samples = 0;
  ResampleStream resampler;
  std::vector<float> clean, converted;
  LiveOnset onset;
  LivePointer pointer;
  LiveBar bar;
  LiveState state;

  // Of full-band and low-band power, of their mix, and of its excess over its mean.
  RunningMean whole{keep_for(kScaleSeconds)}, low{keep_for(kScaleSeconds)};
  RunningMean mixed{keep_for(kMeanSeconds)}, rise{keep_for(kScaleSeconds)};
  RunningMean level{keep_for(2 * kScaleSeconds)};
  // Of the onsets, and of the onsets times the log rate that predictions gave them.
  RunningMean attacks{keep_for(kJudgeSeconds)}, predicted{keep_for(kJudgeSeconds)};
  double quiet = 0;     // s of pause
  double sounding = 0;  // s of sound since the last long pause

  // The grid: beats at beat + k * period, stream seconds; period 0: none.
  double beat = 0, period = 0;
  struct Grid {
    double beat = 0, period = 0;
  };
  std::array<Grid, kLookBack> predictions{};  // ring, by frame
  std::int64_t frames = 0;

  // The current beat, for the bar.
  double bar_beat = 0;                                   // its start
  std::array<float, kMelBands> sound{}, sound_before{};  // sum of log spectra; mean of the beat before
  int sound_frames = 0;
  LiveBeatSound current, arriving;  // onsets of this beat, and of the next so far
  bool beginning = true;            // no beat before
};

// Onset strength above its running mean, 1 on average.
float LiveBeat::Impl::normalised_onset(const LiveFrame& frame) {
  whole.add(static_cast<double>(frame.onset.whole) * frame.onset.whole);
  low.add(static_cast<double>(frame.onset.low) * frame.onset.low);
  const double whole_scale = std::max(kLeastFlux, std::sqrt(whole.mean()));
  const double low_scale = std::max(std::sqrt(low.mean()), 0.3 * whole_scale);
  const double now = 0.5 * frame.onset.whole / whole_scale + 0.5 * frame.onset.low / low_scale;
  mixed.add(now);
  const double above = std::max(0.0, now - mixed.mean());
  rise.add(above);
  return static_cast<float>(std::min(above / std::max(rise.mean(), 0.05), kStrongest));
}

// Compares the onset with the prediction made kLookBack frames ago.
void LiveBeat::Impl::update_confidence(float attack) {
  const Grid& grid = predictions[static_cast<std::size_t>(frames % kLookBack)];
  attacks.add(attack);
  double worth = 0;
  if (grid.period > 0) {
    const double beats = (state.heard - kLate - grid.beat) / grid.period;
    worth = LivePointer::log_rate(grid.period, beats - std::floor(beats));
  }
  predicted.add(attack * worth);

  const bool pause = state.level < std::max(kSilent, kQuietShare * std::sqrt(level.mean()));
  quiet = pause ? quiet + kFrame : 0;
  sounding = quiet > kCoast + kFade ? 0 : sounding + (pause ? 0 : kFrame);
  const double score = attacks.mean() > 0.02 ? predicted.mean() / attacks.mean() : 0;
  const double met = std::clamp((score - kPoor) / (kFine - kPoor), 0.0, 1.0);
  const double lasting = std::clamp(1 - (quiet - kCoast) / kFade, 0.0, 1.0);
  const double enough = std::clamp((sounding - 1) / 1.5, 0.0, 1.0);
  state.confidence = met * lasting * enough;
  if (state.confidence > kOn) state.pulse = true;
  if (state.confidence < kOff) state.pulse = false;
}

// Collects the sound of each beat and passes it to the bar tracker once the beat is over.
void LiveBeat::Impl::track_bar(const LiveFrame& frame) {
  if (period <= 0) return;
  const double since = state.heard - bar_beat;
  if (since > 1.5 * period || bar_beat <= 0) {  // a predicted beat is missing: restart
    bar.reset();
    bar_beat = beat - period;
    current = arriving = {};
    sound_frames = 0;
    beginning = true;
  }
  const double coming = beat - period;  // the newest beat of the grid that is over
  if (coming > bar_beat + 0.5 * period && state.heard > coming + 0.06) {
    const bool even = std::abs(coming - bar_beat - period) < 0.25 * period;
    if (!beginning && sound_frames > 0) {
      double difference = 0;
      for (std::size_t b = 0; b < sound.size(); ++b)
        difference += std::abs(sound[b] / static_cast<float>(sound_frames) - sound_before[b]);
      current.change = difference / kMelBands;
    }
    if (!even) bar.reset();
    bar.push(current);
    for (std::size_t b = 0; b < sound.size(); ++b) {
      sound_before[b] = sound[b] / static_cast<float>(std::max(1, sound_frames));
      sound[b] = 0;
    }
    beginning = false;
    sound_frames = 0;
    current = arriving;
    arriving = {};
    bar_beat = coming;
  }
  if (std::min(beat - state.heard, state.heard - coming) < 0.05) {
    arriving.low = std::max(arriving.low, static_cast<double>(frame.onset.low));
    arriving.high = std::max(arriving.high, static_cast<double>(frame.onset.high));
  }
  for (std::size_t b = 0; b < sound.size(); ++b) sound[b] += frame.logs[b];
  ++sound_frames;
}

// Updates the state. now: the end of the stream.
void LiveBeat::Impl::publish(double now) {
  state.bpm = period > 0 ? 60 / period : 0;
  state.beats_per_bar = bar.beats_per_bar();
  state.bar_confidence = bar.confidence();
  if (!state.pulse || period <= 0) {
    state.next = {};
    state.beat_in_bar = 0;
    return;
  }
  for (std::size_t k = 0; k < state.next.size(); ++k) state.next[k] = beat + static_cast<double>(k) * period;
  // The bar tracker knows the position of the beat before the current one.
  const int beats_on = static_cast<int>(std::lround((beat - bar_beat) / period)) + 1;
  const auto place = [&](int after) {
    return bar.last() == 0 ? 0 : (bar.last() - 1 + beats_on + after) % state.beats_per_bar + 1;
  };
  state.beat_in_bar = place(0);
  // A beat is announced in the last frame that is kLiveLead ahead of it.
  const int first = static_cast<int>(std::ceil((now + kLiveLead - beat) / period));
  const double due = beat + std::max(0, first) * period;
  if (due - now < kLiveLead + kFrame + 1e-9 && due - state.last_beat > 0.5 * period) {
    state.beats += 1;
    state.last_beat = due;
    state.last_beat_in_bar = place(std::max(0, first));
  }
}

void LiveBeat::Impl::process(const LiveFrame& frame) {
  state.heard = static_cast<double>(frame.index) * kFrame;
  state.level = frame.level;
  level.add(static_cast<double>(frame.level) * frame.level);
  const float attack = normalised_onset(frame);
  pointer.step(attack);
  update_confidence(attack);

  if (period > 0) {
    while (beat <= state.heard) beat += period;
  }
  if (frames % kEstimateEvery == 0) {
    const double from = state.heard - kLate;
    const BeatEstimate estimate = pointer.estimate({beat - from, period, 0});
    if (estimate.period > 0) {
      beat = from + estimate.beat;
      period = estimate.period;
      while (beat <= state.heard) beat += period;
    }
  }
  predictions[static_cast<std::size_t>(frames % kLookBack)] = {beat, period};
  ++frames;
  track_bar(frame);
  publish(state.heard + 0.5 * kOnsetWindow / kAnalysisRate);
}

LiveBeat::LiveBeat(int rate) : impl_(std::make_unique<Impl>(rate)) {}
LiveBeat::~LiveBeat() = default;
LiveBeat::LiveBeat(LiveBeat&&) noexcept = default;
LiveBeat& LiveBeat::operator=(LiveBeat&&) noexcept = default;

void LiveBeat::push(std::span<const float> samples) {
  Impl& m = *impl_;
  while (!samples.empty()) {
    const std::size_t part = std::min(samples.size(), m.clean.size());
    for (std::size_t i = 0; i < part; ++i)
      m.clean[i] = std::isfinite(samples[i]) ? std::clamp(samples[i], -kLoudest, kLoudest) : 0.0f;
    for (std::span<const float> rest(m.clean.data(), part); !rest.empty();) {
      const auto step = m.resampler.push(rest, m.converted);
      rest = rest.subspan(step.taken);
      for (std::span<const float> ready(m.converted.data(), step.written); !ready.empty();) {
        std::size_t taken = 0;
        if (m.onset.push(ready, taken)) m.process(m.onset.frame());
        ready = ready.subspan(taken);
      }
    }
    samples = samples.subspan(part);
    m.samples += static_cast<std::int64_t>(part);
  }
  m.state.received = static_cast<double>(m.samples) / m.rate;
}

const LiveState& LiveBeat::state() const {
  return impl_->state;
}

}  // namespace terpsi::audio
