#include "generate/plan/beat_grid.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace terpsi::generate {
namespace {

constexpr double kShortestBeat = 0.1;  // seconds

// A beat of the music with its place in the bar (0: unknown).
struct MusicBeat {
  double time;
  int in_bar;
};

std::vector<MusicBeat> trusted_beats(const audio::MusicAnalysis& music) {
  std::vector<MusicBeat> out;
  const bool labelled = music.beat_in_bar.size() == music.beats.size();
  for (std::size_t i = 0; i < music.beats.size(); ++i) {
    const double t = music.beats[i];
    if (!std::isfinite(t) || std::abs(t) > 1e6) continue;
    if (!out.empty() && t < out.back().time + kShortestBeat) continue;
    out.push_back({t, labelled ? music.beat_in_bar[i] : 0});
  }
  return out;
}

// 0 or 1: keep beats with this index modulo 2 at half tempo. Beats 1 and 3 of a bar vote for their side.
int kept_parity(const std::vector<MusicBeat>& beats) {
  int votes[2] = {0, 0};
  for (std::size_t i = 0; i < beats.size(); ++i) {
    if (beats[i].in_bar == 1) votes[i % 2] += 2;
    if (beats[i].in_bar == 3) votes[i % 2] += 1;
  }
  return votes[1] > votes[0] ? 1 : 0;
}

std::size_t nearest_beat(const std::vector<double>& beats, double t) {
  const auto it = std::lower_bound(beats.begin(), beats.end(), t);
  auto i = static_cast<std::size_t>(it - beats.begin());
  if (i == beats.size() || (i > 0 && t - beats[i - 1] <= beats[i] - t)) --i;
  return i;
}

int best_of(const double* votes, int count) {
  return static_cast<int>(std::max_element(votes, votes + count) - votes);
}

void choose_anchors(BeatGrid& grid, const std::vector<double>& downbeats, const audio::MusicAnalysis& music) {
  std::array<double, kEightBeats> eights{};
  for (const audio::Section& section : music.sections) {
    if (!(section.start > grid.beats.front() - 1 && section.start < grid.beats.back())) continue;
    eights[nearest_beat(grid.beats, section.start) % kEightBeats] += 1;
  }
  // Bars of 3, 5, 6, 7 ... beats begin at every place of a phrase in turn: the first one counts.
  const int bar = std::max(1, music.beats_per_bar);
  const bool bars_fit = kPhraseBeats % bar == 0 || bar % kPhraseBeats == 0;
  std::array<double, kPhraseBeats> fours{};
  for (int i = 0; i < kEightBeats; ++i)
    fours[static_cast<std::size_t>(i % kPhraseBeats)] += 0.01 * eights[static_cast<std::size_t>(i)];
  for (double t : downbeats) {
    if (t < grid.beats.front() - 0.05) continue;
    fours[nearest_beat(grid.beats, t) % kPhraseBeats] += 1;
    if (!bars_fit) break;
  }
  grid.anchor = best_of(fours.data(), kPhraseBeats);
  const bool second = eights[static_cast<std::size_t>(grid.anchor + kPhraseBeats)] >
                      eights[static_cast<std::size_t>(grid.anchor)];
  grid.eight_anchor = grid.anchor + (second ? kPhraseBeats : 0);
}

// The dance beats of a style of this tempo; at half tempo those of this parity. Anchors are not set.
BeatGrid pulse(const std::vector<MusicBeat>& beats, const audio::MusicAnalysis& music, double style_bpm,
               int parity) {
  BeatGrid grid;
  if (beats.size() < 2) return grid;
  const double mean_bpm =
      60 * static_cast<double>(beats.size() - 1) / (beats.back().time - beats.front().time);
  const double bpm = std::isfinite(music.tempo_bpm) && music.tempo_bpm > 0 ? music.tempo_bpm : mean_bpm;
  const double factor = dance_factor(bpm, style_bpm);
  const bool half = factor < 1 && beats.size() >= 4;
  for (std::size_t i = 0; i < beats.size(); ++i) {
    if (half && i % 2 != static_cast<std::size_t>(parity)) continue;
    if (factor > 1 && i > 0) grid.beats.push_back(0.5 * (beats[i - 1].time + beats[i].time));
    grid.beats.push_back(beats[i].time);
  }
  return grid;
}

}  // namespace

double dance_factor(double music_bpm, double style_bpm) {
  if (!(music_bpm > 0) || !(style_bpm > 0)) return 1;
  double best = 1, best_distance = std::abs(std::log2(music_bpm / style_bpm));
  for (double factor : {0.5, 2.0}) {
    const double distance = std::abs(std::log2(factor * music_bpm / style_bpm));
    if (distance < best_distance - 1e-6) best = factor, best_distance = distance;
  }
  return best;
}

std::vector<double> clean_beats(const audio::MusicAnalysis& music) {
  std::vector<double> out;
  for (const MusicBeat& beat : trusted_beats(music)) out.push_back(beat.time);
  return out;
}

BeatGrid make_beat_grid(const audio::MusicAnalysis& music, double style_bpm) {
  const std::vector<MusicBeat> beats = trusted_beats(music);
  BeatGrid grid = pulse(beats, music, style_bpm, kept_parity(beats));
  if (!grid.known()) return grid;
  std::vector<double> downbeats;
  for (const MusicBeat& beat : beats) {
    if (beat.in_bar == 1) downbeats.push_back(beat.time);
  }
  choose_anchors(grid, downbeats, music);
  return grid;
}

BeatGrid make_beat_grid(const audio::MusicAnalysis& music, double style_bpm, double from) {
  const std::vector<double> times = clean_beats(music);
  if (times.size() < 2) return {};
  BeatGrid grid =
      pulse(trusted_beats(music), music, style_bpm, static_cast<int>(nearest_beat(times, from) % 2));
  count_from(grid, from);
  return grid;
}

void count_from(BeatGrid& grid, double from) {
  const std::size_t start = nearest_beat(grid.beats, from);
  grid.anchor = static_cast<int>(start % kPhraseBeats);
  grid.eight_anchor = static_cast<int>(start % kEightBeats);
}

double beat_position(const BeatGrid& grid, double t) {
  const auto& b = grid.beats;
  auto i = static_cast<std::size_t>(std::upper_bound(b.begin(), b.end(), t) - b.begin());
  i = std::clamp<std::size_t>(i, 1, b.size() - 1);
  return static_cast<double>(i - 1) + (t - b[i - 1]) / (b[i] - b[i - 1]);
}

double beat_time(const BeatGrid& grid, double position) {
  const auto& b = grid.beats;
  const double last = static_cast<double>(b.size() - 2);
  const double whole = std::clamp(std::floor(position), 0.0, last);
  const auto i = static_cast<std::size_t>(whole);
  return b[i] + (position - whole) * (b[i + 1] - b[i]);
}

double local_tempo(const BeatGrid& grid, double t) {
  const double last = static_cast<double>(grid.beats.size() - 1);
  const double position = std::clamp(std::floor(beat_position(grid, t)), 0.0, last);
  const auto from = static_cast<std::size_t>(std::max(position - 4, 0.0));
  const auto to = static_cast<std::size_t>(std::min(position + 5, last));
  return 60 * static_cast<double>(to - from) / (grid.beats[to] - grid.beats[from]);
}

}  // namespace terpsi::generate
