#include "audio/resample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "audio/dot.h"

namespace terpsi::audio {
namespace {

constexpr int kMaxPhases = 1024;  // beyond this many phases, neighbouring ones are interpolated
constexpr int kLanes = 8;         // filters are padded to a multiple of this

// Modified Bessel function of the first kind, order 0, by its power series.
double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 60; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

struct Filter {
  int reach = 0;  // input samples on each side
  int taps = 0;   // multiple of kLanes, at least 2 * reach + 1
  std::vector<float> rows;

  const float* row(int phase) const { return rows.data() + static_cast<std::ptrdiff_t>(phase) * taps; }
};

// rows[p][k] weighs input sample (base - reach + k) for an output at base + p / phases.
Filter make_filter(int rows, int phases, double ratio) {
  const double fc = kCutoff * std::min(1.0, ratio);
  const double width = kZeroCrossings / (2 * fc);
  Filter filter;
  filter.reach = static_cast<int>(std::ceil(width));
  filter.taps = (2 * filter.reach + 2 + kLanes - 1) / kLanes * kLanes;
  filter.rows.assign(static_cast<std::size_t>(rows) * static_cast<std::size_t>(filter.taps), 0.0f);
  std::vector<double> h(static_cast<std::size_t>(filter.taps));
  const double i0_beta = bessel_i0(kKaiserBeta);
  for (int p = 0; p < rows; ++p) {
    double sum = 0;
    for (int k = 0; k < filter.taps; ++k) {
      const double u = static_cast<double>(p) / phases - (k - filter.reach);
      const double edge = 1 - (u / width) * (u / width);
      double value = 0;
      if (edge > 0) {
        const double a = 2 * std::numbers::pi * fc * u;
        const double sinc = std::abs(a) < 1e-9 ? 1.0 : std::sin(a) / a;
        value = sinc * bessel_i0(kKaiserBeta * std::sqrt(edge)) / i0_beta;
      }
      h[static_cast<std::size_t>(k)] = value;
      sum += value;
    }
    float* row = filter.rows.data() + static_cast<std::ptrdiff_t>(p) * filter.taps;
    for (int k = 0; k < filter.taps; ++k) row[k] = static_cast<float>(h[static_cast<std::size_t>(k)] / sum);
  }
  return filter;
}

}  // namespace

std::vector<float> resample(std::span<const float> samples, int rate_in, int rate_out) {
  if (rate_in == rate_out || samples.empty()) return {samples.begin(), samples.end()};
  const int common = std::gcd(rate_in, rate_out);
  const std::int64_t up = rate_out / common, down = rate_in / common;
  const bool exact = up <= kMaxPhases;
  const int phases = exact ? static_cast<int>(up) : kMaxPhases;
  const Filter filter =
      make_filter(exact ? phases : phases + 1, phases, static_cast<double>(rate_out) / rate_in);

  std::vector<float> padded(samples.size() + static_cast<std::size_t>(2 * filter.taps), 0.0f);
  std::copy(samples.begin(), samples.end(), padded.begin() + filter.reach);

  const auto size = static_cast<std::int64_t>(samples.size());
  const auto count = static_cast<std::size_t>((size * up + down / 2) / down);
  std::vector<float> out(count);
  const auto taps = static_cast<std::size_t>(filter.taps);
  std::int64_t base = 0, remainder = 0;  // output n lies at input sample base + remainder / up
  for (std::size_t n = 0; n < count; ++n) {
    const float* x = padded.data() + base;
    if (exact) {
      out[n] = dot(x, filter.row(static_cast<int>(remainder)), taps);
    } else {
      const double position = static_cast<double>(remainder) * phases / static_cast<double>(up);
      const int phase = static_cast<int>(position);
      const auto mix = static_cast<float>(position - phase);
      const float lower = dot(x, filter.row(phase), taps);
      out[n] = lower + mix * (dot(x, filter.row(phase + 1), taps) - lower);
    }
    remainder += down;
    base += remainder / up;
    remainder %= up;
  }
  return out;
}

struct ResampleStream::State {
  static constexpr std::size_t kRoom = 1024;  // input samples taken at a time

  std::int64_t up = 1, down = 1;
  bool exact = true;
  int phases = 1;
  Filter filter;
  std::vector<float> line;  // input from sample `first` - reach on; before the stream there is silence
  std::size_t filled = 0;   // of line
  std::size_t base = 0;     // where in line the next output's filter begins
  std::int64_t remainder = 0;
};

ResampleStream::ResampleStream(int rate_in, int rate_out) : state_(std::make_unique<State>()) {
  State& s = *state_;
  const int common = std::gcd(rate_in, rate_out);
  s.up = rate_out / common;
  s.down = rate_in / common;
  s.exact = s.up <= kMaxPhases;
  s.phases = s.exact ? static_cast<int>(s.up) : kMaxPhases;
  if (rate_in == rate_out) {
    s.filter.taps = 1;
    s.filter.rows = {1.0f};
  } else {
    s.filter =
        make_filter(s.exact ? s.phases : s.phases + 1, s.phases, static_cast<double>(rate_out) / rate_in);
  }
  const auto gap = static_cast<std::size_t>(s.down / s.up + 1);  // base may run ahead of the input
  s.line.assign(static_cast<std::size_t>(s.filter.taps) + gap + State::kRoom, 0.0f);
  s.filled = static_cast<std::size_t>(s.filter.reach);
}

ResampleStream::~ResampleStream() = default;
ResampleStream::ResampleStream(ResampleStream&&) noexcept = default;
ResampleStream& ResampleStream::operator=(ResampleStream&&) noexcept = default;

int ResampleStream::delay() const {
  return state_->filter.taps - state_->filter.reach;
}

std::size_t ResampleStream::max_output() const {
  const State& s = *state_;
  return static_cast<std::size_t>((static_cast<std::int64_t>(s.line.size()) + 1) * s.up / s.down + 2);
}

ResampleStream::Step ResampleStream::push(std::span<const float> samples, std::span<float> out) {
  State& s = *state_;
  const std::size_t taken = std::min({samples.size(), s.line.size() - s.filled, State::kRoom});
  std::copy_n(samples.begin(), taken, s.line.begin() + static_cast<std::ptrdiff_t>(s.filled));
  s.filled += taken;
  const auto taps = static_cast<std::size_t>(s.filter.taps);
  std::size_t written = 0;
  for (; s.base + taps <= s.filled; ++written) {
    const float* x = s.line.data() + s.base;
    if (s.exact) {
      out[written] = dot(x, s.filter.row(static_cast<int>(s.remainder)), taps);
    } else {
      const double position = static_cast<double>(s.remainder) * s.phases / static_cast<double>(s.up);
      const int phase = static_cast<int>(position);
      const auto mix = static_cast<float>(position - phase);
      const float lower = dot(x, s.filter.row(phase), taps);
      out[written] = lower + mix * (dot(x, s.filter.row(phase + 1), taps) - lower);
    }
    s.remainder += s.down;
    s.base += static_cast<std::size_t>(s.remainder / s.up);
    s.remainder %= s.up;
  }
  // What no later output needs makes room.
  const std::size_t done = std::min(s.base, s.filled);
  std::copy(s.line.begin() + static_cast<std::ptrdiff_t>(done),
            s.line.begin() + static_cast<std::ptrdiff_t>(s.filled), s.line.begin());
  s.filled -= done;
  s.base -= done;
  return {taken, written};
}

Pcm resample(const Pcm& pcm, int rate_out) {
  return {resample(std::span<const float>(pcm.samples), pcm.sample_rate, rate_out), rate_out};
}

}  // namespace terpsi::audio
