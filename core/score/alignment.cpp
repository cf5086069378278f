#include "score/alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace terpsi::score {
namespace {

constexpr int kBins = 96;              // of a beat
constexpr int kNear = 2;               // bins on either side that count as the same place
constexpr std::size_t kFewNotes = 16;  // too few for a decision
constexpr double kWrong = 0.2, kRight = 0.5;
constexpr double kMovedConfidence = 0.8;

using Histogram = std::array<double, kBins>;

// Shares of the notes by the position of their start within the beat.
Histogram places_in_beat(const Score& score, const std::vector<double>& beats, std::size_t& count) {
  Histogram places{};
  count = 0;
  for (const Note& note : score.notes) {
    const auto next = std::upper_bound(beats.begin(), beats.end(), note.start + 1e-9);
    if (next == beats.begin() || next == beats.end()) continue;
    const double place = std::max(0.0, (note.start - *(next - 1)) / (*next - *(next - 1)));
    places[static_cast<std::size_t>(std::floor(place * kBins + 0.5)) % kBins] += 1;
    ++count;
  }
  for (double& v : places) v /= static_cast<double>(std::max<std::size_t>(1, count));
  return places;
}

double share_at(const Histogram& places, int bin) {
  double sum = 0;
  for (int k = -kNear; k <= kNear; ++k)
    sum += places[static_cast<std::size_t>((bin + k + 2 * kBins) % kBins)];
  return sum;
}

// Share on the beat and half a beat later, with the beats shifted by so many bins.
double share_on_beats(const Histogram& places, int moved) {
  return share_at(places, moved) + share_at(places, moved + kBins / 2);
}

}  // namespace

double beats_off(const Score& score, const audio::Metre& metre) {
  if (metre.beats.size() < 2) return 0;
  std::size_t count = 0;
  const Histogram places = places_in_beat(score, metre.beats, count);
  if (count < kFewNotes || share_on_beats(places, 0) >= kWrong) return 0;
  int best = 0;
  double most = 0;
  for (int moved = 0; moved < kBins; ++moved) {
    if (share_on_beats(places, moved) <= kRight) continue;
    // Triangular weights centre the shift among the notes.
    double value = 0;
    for (int k = -kNear; k <= kNear; ++k) {
      const double weight = 1 + kNear - std::abs(k);
      value += weight * (places[static_cast<std::size_t>((moved + k + kBins) % kBins)] +
                         0.5 * places[static_cast<std::size_t>((moved + k + kBins + kBins / 2) % kBins)]);
    }
    if (value > most) most = value, best = moved;
  }
  const double off = static_cast<double>(best) / kBins;
  return off > 0.5 ? off - 1 : off;
}

audio::Metre aligned(audio::Metre metre, const Score& score) {
  const double off = beats_off(score, metre);
  if (off == 0) return metre;
  audio::Metre moved = metre;
  moved.confidence = kMovedConfidence;
  moved.beats.clear();
  moved.beat_in_bar.clear();
  for (std::size_t k = 0; k < metre.beats.size(); ++k) {
    const std::size_t a = off < 0 && k > 0 ? k - 1 : std::min(k, metre.beats.size() - 2);
    const double time = metre.beats[k] + off * (metre.beats[a + 1] - metre.beats[a]);
    if (time < 0) continue;
    moved.beats.push_back(time);
    moved.beat_in_bar.push_back(metre.beat_in_bar[k]);
  }
  return moved;
}

}  // namespace terpsi::score
