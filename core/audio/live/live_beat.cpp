#include "audio/live/live_beat.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "audio/live/live_bar.h"
#include "audio/live/live_onset.h"
#include "audio/live/live_pointer.h"
#include "audio/resample.h"

namespace terpsi::audio {
namespace {

constexpr double kFrame = 1.0 / kOnsetRate;
constexpr double kLate =
    0.005;  // s that flux peaks come after what is felt as the attack (measured: 0 to 15)
constexpr double kMeanSeconds = 1.0;  // over which attacks are compared with their mean
constexpr double kScaleSeconds = 4.0;
constexpr double kLeastFlux = 0.02;           // attacks weaker than this are not made stronger
constexpr double kStrongest = 10.0;           // attacks, in means
constexpr double kJudgeSeconds = 3.5;         // over which confidence is judged
constexpr double kPoor = 0.02, kFine = 0.75;  // nats per attack: confidence 0 and 1
constexpr double kQuietShare = 0.02;          // of the running level: a pause
constexpr double kSilent = 1e-5;              // root mean square
constexpr double kCoast = 2.0;                // s of pause before confidence falls
constexpr double kFade = 3.0;                 // s in which it falls to nothing
constexpr double kOn = 0.3, kOff = 0.12;  // confidence at which a pulse is said to be there, and not to be
constexpr int kLookBack = 9;              // frames: attacks are compared with what was said this long ago
constexpr int kGuessEvery = 3;            // frames
constexpr float kLoudest = 4;

// Mean with exponential memory, right from its first value.
struct RunningMean {
  explicit RunningMean(double seconds) : keep(std::exp(-kFrame / seconds)) {}
  void add(double value) {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
  }
  double mean() const { return weight > 0 ? sum / weight : 0; }

  double keep, sum = 0, weight = 0;
};

}  // namespace

struct LiveBeat::Impl {
  explicit Impl(int sample_rate)
      : rate(sample_rate),
        resampler(sample_rate, kAnalysisRate),
        clean(512),
        converted(resampler.max_output()),
        pointer(kLiveMinBpm, kLiveMaxBpm) {}

  void take(const LiveFrame& frame);
  float attack_of(const LiveFrame& frame);
  void judge(float attack);
  void follow_bar(const LiveFrame& frame);
  void say(double now);

  int rate;
  std::int64_t samples = 0;
  ResampleStream resampler;
  std::vector<float> clean, converted;
  LiveOnset onset;
  LivePointer pointer;
  LiveBar bar;
  LiveState state;

  RunningMean whole{kScaleSeconds}, low{kScaleSeconds}, mixed{kMeanSeconds}, rise{kScaleSeconds};
  RunningMean level{2 * kScaleSeconds}, told{kJudgeSeconds}, attacks{kJudgeSeconds};
  double quiet = 0;     // s of pause
  double sounding = 0;  // s of sound since the last long pause

  // The grid: beats at beat + k * period, stream seconds; period 0: none.
  double beat = 0, period = 0;
  struct Grid {
    double beat = 0, period = 0;
  };
  std::array<Grid, kLookBack> said{};  // ring, by frame
  std::int64_t frames = 0;

  // The beat going on, for the bar.
  double bar_beat = 0;  // when it began
  std::array<float, kMelBands> sound{}, sound_before{};
  int sound_frames = 0;
  LiveBeatSound heard, arriving;  // attacks of this beat, and of the next so far
  bool beginning = true;
};

// How strong the attack in this frame is; 1 on average.
float LiveBeat::Impl::attack_of(const LiveFrame& frame) {
  whole.add(static_cast<double>(frame.whole) * frame.whole);
  low.add(static_cast<double>(frame.low) * frame.low);
  const double whole_scale = std::max(kLeastFlux, std::sqrt(whole.mean()));
  const double low_scale = std::max(std::sqrt(low.mean()), 0.3 * whole_scale);
  const double now = 0.5 * frame.whole / whole_scale + 0.5 * frame.low / low_scale;
  mixed.add(now);
  const double above = std::max(0.0, now - mixed.mean());
  rise.add(above);
  return static_cast<float>(std::min(above / std::max(rise.mean(), 0.05), kStrongest));
}

// Compares the attack with what was said some frames ago.
void LiveBeat::Impl::judge(float attack) {
  const Grid& grid = said[static_cast<std::size_t>(frames % kLookBack)];
  attacks.add(attack);
  double worth = 0;
  if (grid.period > 0) {
    const double beats = (state.heard - kLate - grid.beat) / grid.period;
    worth = LivePointer::log_rate(grid.period, beats - std::floor(beats));
  }
  told.add(attack * worth);

  const bool pause = state.level < std::max(kSilent, kQuietShare * std::sqrt(level.mean()));
  quiet = pause ? quiet + kFrame : 0;
  sounding = quiet > kCoast + kFade ? 0 : sounding + (pause ? 0 : kFrame);
  const double score = attacks.mean() > 0.02 ? told.mean() / attacks.mean() : 0;
  const double met = std::clamp((score - kPoor) / (kFine - kPoor), 0.0, 1.0);
  const double lasting = std::clamp(1 - (quiet - kCoast) / kFade, 0.0, 1.0);
  const double enough = std::clamp((sounding - 1) / 1.5, 0.0, 1.0);
  state.confidence = met * lasting * enough;
  if (state.confidence > kOn) state.pulse = true;
  if (state.confidence < kOff) state.pulse = false;
}

void LiveBeat::Impl::follow_bar(const LiveFrame& frame) {
  if (period <= 0) return;
  const double since = state.heard - bar_beat;
  if (since > 1.5 * period || bar_beat <= 0) {  // no beat where one was said: counting starts again
    bar.reset();
    bar_beat = beat - period;
    heard = arriving = {};
    sound_frames = 0;
    beginning = true;
  }
  // The next beat is reached when the grid's first coming beat is nearer than half a period after this one's
  // end.
  const double coming = beat - period;  // the grid's newest beat that is over
  if (coming > bar_beat + 0.5 * period && state.heard > coming + 0.06) {
    const bool even = std::abs(coming - bar_beat - period) < 0.25 * period;
    if (!beginning && sound_frames > 0) {
      double difference = 0;
      for (std::size_t b = 0; b < sound.size(); ++b)
        difference += std::abs(sound[b] / static_cast<float>(sound_frames) - sound_before[b]);
      heard.change = difference / kMelBands;
    }
    if (!even) bar.reset();
    bar.push(heard);
    for (std::size_t b = 0; b < sound.size(); ++b) {
      sound_before[b] = sound[b] / static_cast<float>(std::max(1, sound_frames));
      sound[b] = 0;
    }
    beginning = false;
    sound_frames = 0;
    heard = arriving;
    arriving = {};
    bar_beat = coming;
  }
  if (std::min(beat - state.heard, state.heard - coming) <
      0.05) {  // near a beat that has not begun its count yet
    arriving.low = std::max(arriving.low, static_cast<double>(frame.low));
    arriving.high = std::max(arriving.high, static_cast<double>(frame.high));
  }
  for (std::size_t b = 0; b < sound.size(); ++b) sound[b] += frame.logs[b];
  ++sound_frames;
}

// Fills the state with what is known at `now`, the end of the stream.
void LiveBeat::Impl::say(double now) {
  state.bpm = period > 0 ? 60 / period : 0;
  state.beats_per_bar = bar.beats_per_bar();
  state.bar_confidence = bar.confidence();
  if (!state.pulse || period <= 0) {
    state.next = {};
    state.beat_in_bar = 0;
    return;
  }
  for (std::size_t k = 0; k < state.next.size(); ++k) state.next[k] = beat + static_cast<double>(k) * period;
  // The bar knows the place of the beat before the one going on.
  const int beats_on = static_cast<int>(std::lround((beat - bar_beat) / period)) + 1;
  const auto place = [&](int after) {
    return bar.last() == 0 ? 0 : (bar.last() - 1 + beats_on + after) % state.beats_per_bar + 1;
  };
  state.beat_in_bar = place(0);
  // A beat is said for good in the last frame that is early enough.
  const int first = static_cast<int>(std::ceil((now + kLiveLead - beat) / period));
  const double due = beat + std::max(0, first) * period;
  if (due - now < kLiveLead + kFrame + 1e-9 && due - state.last_beat > 0.5 * period) {
    state.beats += 1;
    state.last_beat = due;
    state.last_beat_in_bar = place(std::max(0, first));
  }
}

void LiveBeat::Impl::take(const LiveFrame& frame) {
  state.heard = static_cast<double>(frame.index) * kFrame;
  state.level = frame.level;
  level.add(static_cast<double>(frame.level) * frame.level);
  const float attack = attack_of(frame);
  pointer.step(attack);
  judge(attack);

  if (period > 0) {
    while (beat <= state.heard) beat += period;
  }
  if (frames % kGuessEvery == 0) {
    const double from = state.heard - kLate;  // when what this frame tells of was felt
    const BeatEstimate guess = pointer.guess({beat - from, period, 0});
    if (guess.period > 0) {
      beat = from + guess.beat;
      period = guess.period;
      while (beat <= state.heard) beat += period;
    }
  }
  said[static_cast<std::size_t>(frames % kLookBack)] = {beat, period};
  ++frames;
  follow_bar(frame);
  say(state.heard + 0.5 * kOnsetWindow / kAnalysisRate);
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
        if (m.onset.push(ready, taken)) m.take(m.onset.frame());
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
