#include "audio/describe/character.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "audio/hear/chroma.h"
#include "audio/hear/mel.h"
#include "audio/hear/onset.h"
#include "audio/hear/spectral_features.h"
#include "base/statistics.h"

namespace terpsi::audio {
namespace {

constexpr float kBandRise = 0.6f;       // of ln(1 + gain x power) in 22 ms: the onset reaches the band
constexpr double kBroad = 0.5;          // share of bands reached by a drum
constexpr std::size_t kBeatSlots = 12;  // per beat: include semiquavers and triplets

// Linear ramp, clamped.
double ramp(double value, double zero, double one) {
  return std::clamp((value - zero) / (one - zero), 0.0, 1.0);
}

struct Attacks {
  double all = 0, drums = 0;  // per second of sound
};

Attacks count_attacks(const SpectralFeatures& spectral) {
  const auto threshold = static_cast<float>(0.8 * mean(spectral.onset.whole));
  Attacks attacks;
  for (const std::size_t t : pick_onsets(spectral.onset.whole, threshold)) {
    if (t < 2) continue;
    int reached = 0;
    for (int b = 0; b < kMelBands; ++b) {
      const auto band = static_cast<std::size_t>(b);
      const float now = std::log1p(kOnsetGain * spectral.mel[t * kMelBands + band]);
      const float before = std::log1p(kOnsetGain * spectral.mel[(t - 2) * kMelBands + band]);
      if (now - before > kBandRise) ++reached;
    }
    attacks.all += 1;
    if (reached >= kBroad * kMelBands) attacks.drums += 1;
  }
  double sounding = 0;
  for (float v : spectral.loudness) sounding += v > 0.2f ? 1.0 / 30 : 0;
  attacks.all /= std::max(1.0, sounding);
  attacks.drums /= std::max(1.0, sounding);
  return attacks;
}

void weigh_spectrum(const SpectralFeatures& spectral, Character& c) {
  const MelBank bank(kAnalysisRate, kOnsetWindow);
  double low = 0, high = 0, all = 1e-12;
  for (int b = 0; b < kMelBands; ++b) {
    double sum = 0;
    for (std::size_t t = 0; t < spectral.mel.size() / kMelBands; ++t)
      sum += static_cast<double>(spectral.mel[t * kMelBands + static_cast<std::size_t>(b)]);
    all += sum;
    if (bank.centre(b) < 200) low += sum;
    if (bank.centre(b) >= 2000) high += sum;
  }
  c.bass = ramp(10 * std::log10(std::max(low / all, 1e-9)), -14, 0);
  c.brightness = ramp(10 * std::log10(std::max(high / all, 1e-9)), -30, -6);
}

double tonality(const SpectralFeatures& spectral) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < spectral.frames; ++i) {
    if (spectral.loudness[i] < 0.3f) continue;
    std::array<float, kChromaClasses> sorted;
    std::copy_n(spectral.chroma.data() + i * kChromaClasses, kChromaClasses, sorted.begin());
    std::sort(sorted.begin(), sorted.end());
    const double rest = static_cast<double>((sorted[2] + sorted[3]) + (sorted[4] + sorted[5])) / 4;
    sum += 1 - rest / std::max(static_cast<double>(sorted.back()), 1e-3);
    ++count;
  }
  return count > 0 ? ramp(sum / count, 0.5, 1.0) : 0;
}

// Mean onset strength at each twelfth of each beat of a full bar (at most 4 beats).
struct BarProfile {
  std::array<std::array<double, kBeatSlots>, 4> low{}, upper{};
};

// For each beat, whether the onsets of its bar are at least 95 % of the median bar's: intros and breaks are
// no evidence of the groove.
std::vector<bool> full_bars(const SpectralFeatures& spectral, const MusicAnalysis& music) {
  std::vector<std::size_t> bar_of(music.beats.size(), 0);
  std::vector<double> sums(1, 0.0);
  for (std::size_t k = 0; k + 1 < music.beats.size(); ++k) {
    if (music.beat_in_bar[k] == 1) sums.push_back(0.0);
    bar_of[k] = sums.size() - 1;
    const double first = std::max(0.0, music.beats[k] * kOnsetRate), last = music.beats[k + 1] * kOnsetRate;
    for (double t = std::ceil(first); t < last; ++t) {
      const auto i = static_cast<std::size_t>(t);
      if (i < spectral.onset.low.size())
        sums.back() += static_cast<double>(spectral.onset.low[i] + spectral.onset.whole[i]);
    }
  }
  const double middle = quantile(sums, 0.5);
  std::vector<bool> full(music.beats.size());
  for (std::size_t k = 0; k < full.size(); ++k) full[k] = sums[bar_of[k]] >= 0.95 * middle;
  return full;
}

BarProfile profile_of(const SpectralFeatures& spectral, const MusicAnalysis& music) {
  BarProfile profile;
  std::array<double, 4> count{};
  const auto last = static_cast<double>(spectral.onset.low.size()) - 2;
  const std::vector<bool> full = full_bars(spectral, music);
  for (std::size_t k = 0; k + 1 < music.beats.size(); ++k) {
    if (!full[k]) continue;
    const auto beat = static_cast<std::size_t>(std::clamp(music.beat_in_bar[k] - 1, 0, 3));
    ++count[beat];
    const double length = music.beats[k + 1] - music.beats[k];
    for (std::size_t s = 0; s < kBeatSlots; ++s) {
      const double at = (music.beats[k] + length * static_cast<double>(s) / kBeatSlots) * kOnsetRate;
      const auto t = static_cast<std::size_t>(std::clamp(at + 0.5, 1.0, std::max(1.0, last)));
      const auto peak = [&](const std::vector<float>& v) {
        return static_cast<double>(std::max({v[t - 1], v[t], v[t + 1]}));
      };
      profile.low[beat][s] += peak(spectral.onset.low);
      profile.upper[beat][s] += 0.5 * (peak(spectral.onset.mid) + peak(spectral.onset.high));
    }
  }
  for (std::size_t b = 0; b < 4; ++b) {
    for (std::size_t s = 0; s < kBeatSlots; ++s) {
      profile.low[b][s] /= std::max(1.0, count[b]);
      profile.upper[b][s] /= std::max(1.0, count[b]);
    }
  }
  return profile;
}

// Over the eight quavers of a bar, in any rotation: how far the strongest pair 3 + 5 apart (tumbao, tresillo)
// outweighs the strongest pair 4 + 4 apart.
double latin_share(const std::array<double, 8>& quavers) {
  double three = 0, four = 0, sum = 1e-6;
  for (std::size_t q = 0; q < 8; ++q) {
    three = std::max(three, quavers[q] + quavers[(q + 3) % 8]);
    four = std::max(four, quavers[q] + quavers[(q + 4) % 8]);
    sum += quavers[q];
  }
  return ramp((three - four) / sum, -0.05, 0.1);
}

void read_rhythm(const BarProfile& p, int beats_per_bar, Character& c) {
  const auto beats = static_cast<std::size_t>(std::clamp(beats_per_bar, 2, 4));
  double middle = 0, late = 0, least = 1e9, most = 1e-6, between = 0;
  for (std::size_t b = 0; b < beats; ++b) {
    middle += p.upper[b][6] + p.low[b][6];
    late += p.upper[b][8] + p.low[b][8];
    least = std::min(least, p.low[b][0]);
    most = std::max(most, p.low[b][0]);
    between += (p.low[b][3] + p.low[b][6] + p.low[b][9]) / 3 / static_cast<double>(beats);
  }
  c.swing = ramp(late / std::max(middle + late, 1e-6), 0.5, 0.7);
  if (beats == 4) c.four_floor = ramp(least / most, 0.4, 0.9) * ramp(1 - between / most, 0.2, 0.7);
  if (beats != 4) return;
  const double odd = p.upper[0][0] + p.upper[2][0], even = p.upper[1][0] + p.upper[3][0];
  c.backbeat = ramp(even / std::max(odd + even, 1e-6), 0.52, 0.72);
  // At the tracked tempo, and at twice that.
  std::array<double, 8> whole{}, half{};
  for (std::size_t q = 0; q < 8; ++q) whole[q] = p.low[q / 2][6 * (q % 2)];
  for (std::size_t q = 0; q < 16; ++q) half[q % 8] += p.low[q / 4][3 * (q % 4)];
  c.latin = std::max(latin_share(whole), latin_share(half)) * (1 - c.backbeat) * ramp(c.percussion, 0, 0.3);
}

double loudness_range(const std::vector<float>& loudness) {
  if (loudness.empty()) return 0;
  const std::size_t n = loudness.size() - 1;
  return 40 * static_cast<double>(nth_smallest(loudness, n * 9 / 10) - nth_smallest(loudness, n / 10));
}

double evenness(const std::vector<float>& tempo) {
  if (tempo.empty()) return 0;
  double mean = 0, square = 0;
  for (float v : tempo) mean += static_cast<double>(v) / static_cast<double>(tempo.size());
  for (float v : tempo) {
    const double d = static_cast<double>(v) - mean;
    square += d * d / static_cast<double>(tempo.size());
  }
  return 1 - ramp(std::sqrt(square) / std::max(mean, 1.0), 0.01, 0.12);
}

}  // namespace

Character find_character(const SpectralFeatures& spectral, const MusicAnalysis& music) {
  Character c;
  c.bpm = music.tempo_bpm;
  c.beats_per_bar = music.beats_per_bar;
  const Attacks attacks = count_attacks(spectral);
  c.percussion = ramp(attacks.drums, 0, 2);
  weigh_spectrum(spectral, c);
  c.tonality = tonality(spectral);
  c.dynamics = loudness_range(music.loudness);
  c.steadiness = music.beat_confidence * evenness(music.tempo);
  if (music.beats.size() >= 8 && spectral.onset.low.size() >= 4)
    read_rhythm(profile_of(spectral, music), music.beats_per_bar, c);
  c.energy = 0.5 * ramp(attacks.all, 1, 6) + 0.2 * c.percussion + 0.15 * c.bass +
             0.15 * (1 - ramp(c.dynamics, 4, 20));
  return c;
}

}  // namespace terpsi::audio
