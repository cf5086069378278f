#include "audio/describe/eights.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace terpsi::audio {
namespace {

constexpr double kNear = 0.05;  // seconds: a section starts on a downbeat

bool section_starts_at(const MusicAnalysis& music, double t) {
  return std::any_of(music.sections.begin(), music.sections.end(),
                     [&](const Section& s) { return s.start > 0 && std::abs(s.start - t) < kNear; });
}

int bars_of_eight(int beats_per_bar) {
  return beats_per_bar == 2 ? 4 : 2;
}

int parity_of(const MusicAnalysis& music, const std::vector<double>& bars, int of) {
  std::array<int, 4> votes{};
  for (std::size_t k = 0; k < bars.size(); ++k) {
    if (section_starts_at(music, bars[k])) ++votes[k % static_cast<std::size_t>(of)];
  }
  return static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

}  // namespace

std::vector<double> downbeats(const MusicAnalysis& music) {
  std::vector<double> out;
  for (std::size_t k = 0; k < std::min(music.beats.size(), music.beat_in_bar.size()); ++k) {
    if (music.beat_in_bar[k] == 1) out.push_back(music.beats[k]);
  }
  return out;
}

int eight_parity(const MusicAnalysis& music) {
  return parity_of(music, downbeats(music), bars_of_eight(music.beats_per_bar));
}

std::vector<double> count_eights(const MusicAnalysis& music) {
  const std::vector<double> bars = downbeats(music);
  const int length = bars_of_eight(music.beats_per_bar);
  std::size_t first = 0;
  while (first < bars.size() && !section_starts_at(music, bars[first])) ++first;
  const bool none = first == bars.size();
  int count = (length - (none ? parity_of(music, bars, length)
                              : static_cast<int>(first % static_cast<std::size_t>(length)))) %
              length;
  std::vector<double> eights;
  for (const double bar : bars) {
    if (section_starts_at(music, bar)) count = 0;
    if (count == 0) eights.push_back(bar);
    count = (count + 1) % length;
  }
  return eights;
}

}  // namespace terpsi::audio
