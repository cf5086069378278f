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

constexpr int kZeroCrossings = 16;  // of the sinc, on each side
constexpr double kKaiserBeta = 8.0;
constexpr double kCutoff = 0.47;  // of the lower of the two rates
constexpr int kMaxPhases = 1024;  // with more, neighbouring phases are interpolated
constexpr int kTapMultiple = 8;   // filters are padded to a multiple of this

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

// Polyphase filter bank. Output n lies at input sample base + remainder / up, where base and remainder are
// the quotient and the remainder of n down by up.
struct Filter {
  Filter(int rate_in, int rate_out);

  // x: `taps` input samples from base - reach on.
  float apply(const float* x, std::int64_t remainder) const {
    const auto size = static_cast<std::size_t>(taps);
    if (exact) return dot(x, row(static_cast<int>(remainder)), size);
    const double position = static_cast<double>(remainder) * phases / static_cast<double>(up);
    const int phase = static_cast<int>(position);
    const auto mix = static_cast<float>(position - phase);
    const float lower = dot(x, row(phase), size);
    return lower + mix * (dot(x, row(phase + 1), size) - lower);
  }
  const float* row(int phase) const { return rows.data() + static_cast<std::ptrdiff_t>(phase) * taps; }

  std::int64_t up, down;  // the ratio of the rates in lowest terms
  bool exact;             // a phase for every remainder
  int phases;
  int reach = 0, taps = 1;  // input samples on each side; a multiple of kTapMultiple, at least 2 reach + 1
  // row p, tap k weights input sample base - reach + k of an output at base + p / phases
  std::vector<float> rows;
};

Filter::Filter(int rate_in, int rate_out) {
  const int common = std::gcd(rate_in, rate_out);
  up = rate_out / common;
  down = rate_in / common;
  exact = up <= kMaxPhases;
  phases = exact ? static_cast<int>(up) : kMaxPhases;
  if (rate_in == rate_out) {
    rows = {1.0f};
    return;
  }
  const double fc = kCutoff * std::min(1.0, static_cast<double>(rate_out) / rate_in);
  const double width = kZeroCrossings / (2 * fc);
  reach = static_cast<int>(std::ceil(width));
  taps = (2 * reach + 2 + kTapMultiple - 1) / kTapMultiple * kTapMultiple;
  const int count = exact ? phases : phases + 1;
  rows.assign(static_cast<std::size_t>(count) * static_cast<std::size_t>(taps), 0.0f);
  std::vector<double> h(static_cast<std::size_t>(taps));
  const double i0_beta = bessel_i0(kKaiserBeta);
  for (int p = 0; p < count; ++p) {
    double sum = 0;
    for (int k = 0; k < taps; ++k) {
      const double u = static_cast<double>(p) / phases - (k - reach);
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
    float* row = rows.data() + static_cast<std::ptrdiff_t>(p) * taps;
    for (int k = 0; k < taps; ++k) row[k] = static_cast<float>(h[static_cast<std::size_t>(k)] / sum);
  }
}

}  // namespace

std::vector<float> resample(std::span<const float> samples, int rate_in, int rate_out) {
  if (rate_in == rate_out || samples.empty()) return {samples.begin(), samples.end()};
  const Filter filter(rate_in, rate_out);
  std::vector<float> padded(samples.size() + static_cast<std::size_t>(2 * filter.taps), 0.0f);
  std::copy(samples.begin(), samples.end(), padded.begin() + filter.reach);

  const auto size = static_cast<std::int64_t>(samples.size());
  std::vector<float> out(static_cast<std::size_t>((size * filter.up + filter.down / 2) / filter.down));
  std::int64_t base = 0, remainder = 0;
  for (float& value : out) {
    value = filter.apply(padded.data() + base, remainder);
    remainder += filter.down;
    base += remainder / filter.up;
    remainder %= filter.up;
  }
  return out;
}

struct ResampleStream::State {
  static constexpr std::size_t kRoom = 1024;  // input samples consumed at a time

  State(int rate_in, int rate_out) : filter(rate_in, rate_out) {
    const auto gap =
        static_cast<std::size_t>(filter.down / filter.up + 1);  // base may run ahead of the input
    line.assign(static_cast<std::size_t>(filter.taps) + gap + kRoom, 0.0f);
    filled = static_cast<std::size_t>(filter.reach);
  }

  Filter filter;
  std::vector<float> line;  // delay line: input from sample base - reach on, zeros before the stream
  std::size_t filled;       // of line
  std::size_t base = 0;     // index in line of the next output's first tap
  std::int64_t remainder = 0;
};

ResampleStream::ResampleStream(int rate_in, int rate_out)
    : state_(std::make_unique<State>(rate_in, rate_out)) {}
ResampleStream::~ResampleStream() = default;
ResampleStream::ResampleStream(ResampleStream&&) noexcept = default;
ResampleStream& ResampleStream::operator=(ResampleStream&&) noexcept = default;

int ResampleStream::delay() const {
  return state_->filter.taps - state_->filter.reach;
}

std::size_t ResampleStream::max_output() const {
  const State& s = *state_;
  return static_cast<std::size_t>(
      (static_cast<std::int64_t>(s.line.size()) + 1) * s.filter.up / s.filter.down + 2);
}

ResampleStream::Step ResampleStream::push(std::span<const float> samples, std::span<float> out) {
  State& s = *state_;
  const std::size_t taken = std::min({samples.size(), s.line.size() - s.filled, State::kRoom});
  std::copy_n(samples.begin(), taken, s.line.begin() + static_cast<std::ptrdiff_t>(s.filled));
  s.filled += taken;
  std::size_t written = 0;
  for (; s.base + static_cast<std::size_t>(s.filter.taps) <= s.filled; ++written) {
    out[written] = s.filter.apply(s.line.data() + s.base, s.remainder);
    s.remainder += s.filter.down;
    s.base += static_cast<std::size_t>(s.remainder / s.filter.up);
    s.remainder %= s.filter.up;
  }
  // Drops the input that no later output needs.
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
