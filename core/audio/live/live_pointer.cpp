#include "audio/live/live_pointer.h"

#include <algorithm>
#include <cmath>

namespace terpsi::audio {
namespace {

constexpr double kTrust = 0.09;    // exponent of the likelihood, live_beat.h
constexpr double kWidth = 0.016;   // s, deviation of onsets from their position
constexpr double kHalf = 0.40;     // height of r half-way between beats, against 1 on them
constexpr double kQuarter = 0.10;  // at the quarters
constexpr double kThird = 0.06;    // at the thirds
constexpr double kSwing = 0.15;    // at each of kSwung, late quavers
constexpr double kSwung[] = {0.56, 0.61, 0.66};
constexpr double kElsewhere = 0.15;       // floor of r
constexpr double kSteady = 140;           // transition cost of a change of period, per relative change
constexpr double kLeakPerSecond = 0.012;  // share of probability that restarts from the prior
constexpr double kUsualBpm = 116, kUsualOctaves = 0.5;  // mean and deviation of the tempo prior
constexpr double kPull = 0.7;                           // towards it, nats per second and square octave
constexpr int kLeakEvery = 9;                           // frames
constexpr int kPlaceCells = 24;                         // of the coarse map
constexpr double kCellOctaves = 0.06;
constexpr double kNearPeriod = 0.035, kNearPlace = 0.14;  // extent of a mode: relative period, beats
constexpr double kFarLikelier = 2.0;

// To -0.5 up to 0.5.
double wrap(double place) {
  return place - std::floor(place + 0.5);
}

}  // namespace

double LivePointer::log_rate(double period, double place) {
  const auto bump = [&](double at) {
    const double d = wrap(place - at) * period / kWidth;
    return std::exp(-0.5 * d * d);
  };
  const double raw = kElsewhere + bump(0) + kHalf * bump(0.5) + kQuarter * (bump(0.25) + bump(0.75)) +
                     kThird * (bump(1.0 / 3) + bump(2.0 / 3)) +
                     kSwing * (bump(kSwung[0]) + bump(kSwung[1]) + bump(kSwung[2]));
  const double area = kWidth * 2.5066282746310002 / period;  // sqrt(2 pi)
  return std::log(raw / (kElsewhere + area * (1 + kHalf + 2 * kQuarter + 2 * kThird + 3 * kSwing)));
}

LivePointer::LivePointer(double min_bpm, double max_bpm) {
  const int shortest = static_cast<int>(std::lround(60 * kPointerRate / max_bpm));
  const int longest = static_cast<int>(std::lround(60 * kPointerRate / min_bpm));
  std::size_t total = 0;
  for (int places = shortest; places <= longest; ++places) {
    rows_.push_back({places, total, 0});
    total += static_cast<std::size_t>(places);
  }
  const double period_floor = static_cast<double>(shortest);
  cells_across_ = 1 + static_cast<int>(std::log2(longest / period_floor) / kCellOctaves);
  coarse_.resize(static_cast<std::size_t>(cells_across_) * kPlaceCells);
  probability_.resize(total);
  kind_.resize(total);
  cell_.resize(total);
  wrapped_.resize(2 * rows_.size());

  lowest_ = 1e9;
  highest_ = -1e9;
  double sum = 0;
  for (const Row& row : rows_) {
    const double period = static_cast<double>(row.places) / kPointerRate;
    for (int k = 0; k < row.places; ++k) {
      const double rate = log_rate(period, static_cast<double>(k) / row.places);
      lowest_ = std::min(lowest_, rate);
      highest_ = std::max(highest_, rate);
    }
    const double octaves = std::log2(60 / period / kUsualBpm) / kUsualOctaves;
    // Rows are evenly spaced in period, the prior is over octaves.
    prior_.push_back(static_cast<float>(std::exp(-0.5 * octaves * octaves) / period));
    const double distance = octaves * kUsualOctaves;
    pull_.push_back(static_cast<float>(std::exp(-kPull * distance * distance * kLeakEvery / kOnsetRate)));
    sum += prior_.back();
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    prior_[i] = static_cast<float>(prior_[i] / sum);
    const double period = static_cast<double>(row.places) / kPointerRate;
    const int across = static_cast<int>(std::log2(row.places / period_floor) / kCellOctaves);
    for (int k = 0; k < row.places; ++k) {
      const double place = static_cast<double>(k) / row.places;
      const std::size_t at = row.first + static_cast<std::size_t>(k);
      kind_[at] = static_cast<std::uint8_t>(
          std::lround((log_rate(period, place) - lowest_) / (highest_ - lowest_) * (kKinds - 1)));
      cell_[at] = static_cast<std::uint16_t>(across * kPlaceCells + static_cast<int>(place * kPlaceCells));
      probability_[at] = prior_[i] / static_cast<float>(row.places);
    }
    std::array<float, 2 * kReach + 1> moves{};
    double all = 0;
    for (int d = -kReach; d <= kReach; ++d) {
      const auto to = static_cast<std::ptrdiff_t>(i) + d;
      if (to < 0 || to >= static_cast<std::ptrdiff_t>(rows_.size())) continue;
      const double p = std::exp(-kSteady * std::abs(d) / row.places);
      moves[static_cast<std::size_t>(d + kReach)] = static_cast<float>(p);
      all += p;
    }
    for (float& p : moves) p = static_cast<float>(p / all);
    moves_.push_back(moves);
  }
}

// Tempo transition: the two bins of each row that begin a new beat are distributed over neighbouring periods.
void LivePointer::spread_wrapped() {
  std::fill(wrapped_.begin(), wrapped_.end(), 0.0f);
  const auto n = static_cast<std::ptrdiff_t>(rows_.size());
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const Row& row = rows_[static_cast<std::size_t>(i)];
    const float* ring = probability_.data() + row.first;
    const float first = ring[row.head], second = ring[(row.head + 1) % row.places];
    const auto& moves = moves_[static_cast<std::size_t>(i)];
    for (std::ptrdiff_t d = -kReach; d <= kReach; ++d) {
      const std::ptrdiff_t to = i + d;
      if (to < 0 || to >= n) continue;
      const float share = moves[static_cast<std::size_t>(d + kReach)];
      wrapped_[static_cast<std::size_t>(2 * to)] += share * first;
      wrapped_[static_cast<std::size_t>(2 * to + 1)] += share * second;
    }
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    float* ring = probability_.data() + row.first;
    ring[row.head] = wrapped_[2 * i];
    ring[(row.head + 1) % row.places] = wrapped_[2 * i + 1];
  }
}

// Mixes with the prior and pulls towards the usual tempo.
void LivePointer::leak() {
  constexpr auto kShare = static_cast<float>(kLeakPerSecond * kLeakEvery / kOnsetRate);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const float fresh = kShare * prior_[i] / static_cast<float>(row.places);
    const float keep = (1 - kShare) * pull_[i];
    float* ring = probability_.data() + row.first;
    for (int k = 0; k < row.places; ++k) ring[k] = keep * ring[k] + fresh;
  }
}

void LivePointer::step(float attack) {
  for (Row& row : rows_) {
    row.head -= 2;
    if (row.head < 0) row.head += row.places;
  }
  spread_wrapped();
  if (++frames_ % kLeakEvery == 0) leak();
  if (attack <= 0) return;

  std::array<float, kKinds> factor;
  for (int kind = 0; kind < kKinds; ++kind) {
    const double rate = lowest_ + (highest_ - lowest_) * kind / (kKinds - 1);
    factor[static_cast<std::size_t>(kind)] = static_cast<float>(std::exp(kTrust * attack * rate));
  }
  float all = 0;
  for (const Row& row : rows_) {
    float* ring = probability_.data() + row.first;
    const std::uint8_t* kind = kind_.data() + row.first;
    // The ring in two runs, from position 0 on.
    const int run = row.places - row.head;
    float sum = 0;
    for (int k = 0; k < run; ++k) {
      float& p = ring[row.head + k];
      p *= factor[kind[k]];
      sum += p;
    }
    for (int k = run; k < row.places; ++k) {
      float& p = ring[k - run];
      p *= factor[kind[k]];
      sum += p;
    }
    all += sum;
  }
  const float scale = 1.0f / std::max(all, 1e-30f);
  for (float& p : probability_) p *= scale;
}

// Mean over the mode at a period and a position of the newest frame.
BeatEstimate LivePointer::mean_around(double period, double place) const {
  double mass = 0, beat = 0, periods = 0;
  for (const Row& row : rows_) {
    const double seconds = static_cast<double>(row.places) / kPointerRate;
    if (std::abs(seconds / period - 1) > kNearPeriod) continue;
    const float* ring = probability_.data() + row.first;
    const int from = static_cast<int>(std::ceil((place - kNearPlace) * row.places));
    const int to = static_cast<int>(std::floor((place + kNearPlace) * row.places));
    double sum = 0, moment = 0;
    for (int k = from; k <= to; ++k) {
      int at = (row.head + k) % row.places;
      if (at < 0) at += row.places;
      sum += ring[at];
      moment += ring[at] * static_cast<double>(k);
    }
    mass += sum;
    periods += sum * seconds;
    beat += sum * seconds - moment / kPointerRate;
  }
  if (mass <= 0) return {};
  BeatEstimate mean{beat / mass, periods / mass, mass};
  while (mean.beat <= 0) mean.beat += mean.period;
  while (mean.beat > mean.period) mean.beat -= mean.period;
  return mean;
}

BeatEstimate LivePointer::estimate(const BeatEstimate& near) const {
  std::fill(coarse_.begin(), coarse_.end(), 0.0f);
  for (const Row& row : rows_) {
    const float* ring = probability_.data() + row.first;
    const std::uint16_t* cell = cell_.data() + row.first;
    const int run = row.places - row.head;
    for (int k = 0; k < run; ++k) coarse_[cell[k]] += ring[row.head + k];
    for (int k = run; k < row.places; ++k) coarse_[cell[k]] += ring[k - run];
  }
  // The mode of the map, smoothed over neighbouring cells.
  float top = -1;
  int tempo_cell = 0, place_cell = 0;
  for (int a = 0; a < cells_across_; ++a) {
    for (int b = 0; b < kPlaceCells; ++b) {
      float sum = 0;
      for (int da = -1; da <= 1; ++da) {
        if (a + da < 0 || a + da >= cells_across_) continue;
        for (int db = -1; db <= 1; ++db) {
          const float weight = (da == 0 ? 1.0f : 0.6f) * (db == 0 ? 1.0f : 0.6f);
          sum += weight * coarse_[static_cast<std::size_t>((a + da) * kPlaceCells +
                                                           (b + db + kPlaceCells) % kPlaceCells)];
        }
      }
      if (sum > top) {
        top = sum;
        tempo_cell = a;
        place_cell = b;
      }
    }
  }
  const double shortest = static_cast<double>(rows_.front().places) / kPointerRate;
  BeatEstimate best =
      mean_around(shortest * std::exp2((tempo_cell + 0.5) * kCellOctaves), (place_cell + 0.5) / kPlaceCells);
  if (best.period > 0) best = mean_around(best.period, 1 - best.beat / best.period);  // recentred
  if (near.period <= 0) return best;
  const BeatEstimate kept = mean_around(near.period, 1 - near.beat / near.period);
  return best.mass > kFarLikelier * kept.mass || kept.period <= 0 ? best : kept;
}

}  // namespace terpsi::audio
