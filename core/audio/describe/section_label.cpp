#include "audio/describe/section_label.h"

#include <algorithm>
#include <cmath>

namespace terpsi::audio {
namespace {

constexpr double kSoundScale = 0.50;  // distance of sounds that counts 1
constexpr double kTuneScale = 0.30;   // distance of tunes that counts 1 where repetitions are exact
constexpr double kSameTune = 0.25;    // distance of tunes that counts 0
constexpr double kDifferent = 1.0;    // clusters this far apart stay apart

struct Stretch {
  std::size_t first, last;  // bars
  std::size_t size() const { return last - first; }
};

// Distance of the tunes, 0 to 1: 1 - the mean similarity of the shorter section at its best place in the
// longer one.
double tune_distance(const BarDescriptions& bars, Stretch a, Stretch b) {
  if (a.size() > b.size()) std::swap(a, b);
  double best = 0;
  for (std::size_t shift = 0; shift + a.size() <= b.size(); ++shift) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k)
      sum += static_cast<double>(bars.tune_alike(a.first + k, b.first + shift + k));
    best = std::max(best, sum / static_cast<double>(a.size()));
  }
  return 1 - best;
}

Sound mean_sound(const BarDescriptions& bars, Stretch s) {
  Sound mean{};
  for (std::size_t k = s.first; k < s.last; ++k) {
    for (std::size_t d = 0; d < kSoundDims; ++d) mean[d] += bars.sound[k][d] / static_cast<double>(s.size());
  }
  return mean;
}

}  // namespace

std::vector<int> label_sections(const BarDescriptions& bars, std::span<const std::size_t> cuts) {
  const std::size_t n = cuts.size();
  std::vector<Stretch> sections(n);
  std::vector<Sound> sounds(n);
  for (std::size_t i = 0; i < n; ++i) {
    sections[i] = {cuts[i], i + 1 < n ? cuts[i + 1] : bars.size()};
    sounds[i] = mean_sound(bars, sections[i]);
  }
  // Tune distances count for less where repetitions are inexact.
  const double scale = kTuneScale * std::max(1.0, static_cast<double>(bars.tune_scale) / 0.3);
  std::vector<double> apart(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = i + 1; k < n; ++k) {
      const double sound = distance(sounds[i], sounds[k]) / kSoundScale;
      const double tune = std::max(0.0, tune_distance(bars, sections[i], sections[k]) - kSameTune) / scale;
      apart[i * n + k] = apart[k * n + i] = std::sqrt(sound * sound + tune * tune);
    }
  }
  std::vector<int> kind(n), size(n, 1);
  for (std::size_t i = 0; i < n; ++i) kind[i] = static_cast<int>(i);
  std::vector<bool> gone(n, false);
  for (;;) {  // apart[i][k]: mean over the members of the two clusters
    std::size_t a = 0, b = 0;
    double nearest = kDifferent;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = i + 1; k < n; ++k) {
        if (!gone[i] && !gone[k] && apart[i * n + k] < nearest) a = i, b = k, nearest = apart[i * n + k];
      }
    }
    if (a == b) break;
    for (std::size_t k = 0; k < n; ++k) {
      if (gone[k] || k == a || k == b) continue;
      const double mean = (apart[a * n + k] * size[a] + apart[b * n + k] * size[b]) / (size[a] + size[b]);
      apart[a * n + k] = apart[k * n + a] = mean;
    }
    size[a] += size[b];
    gone[b] = true;
    for (int& k : kind) k = k == static_cast<int>(b) ? static_cast<int>(a) : k;
  }
  std::vector<int> label(n), number(n, -1);
  int next = 0;
  for (std::size_t i = 0; i < n; ++i) {
    int& of_kind = number[static_cast<std::size_t>(kind[i])];
    if (of_kind < 0) of_kind = next++;
    label[i] = of_kind;
  }
  return label;
}

}  // namespace terpsi::audio
