#include "generate/plan/song_shape.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/limits.h"
#include "base/statistics.h"
#include "generate/plan/beat_grid.h"

namespace terpsi::generate {
namespace {

constexpr float kAudible = 0.3f;    // share of the song's typical loudness at which music can be danced to
constexpr int kLastBeats = 8;       // the final beat is one of so many
constexpr float kDownbeat = 0.35f;  // what being a downbeat is worth, in onset strength
constexpr float kPerBeat = 0.15f;   // what coming a beat later is worth

float value(const std::vector<float>& values, std::ptrdiff_t frame) {
  if (frame < 0 || frame >= static_cast<std::ptrdiff_t>(values.size())) return 0.f;
  const float v = values[static_cast<std::size_t>(frame)];
  return std::isfinite(v) ? std::clamp(v, 0.f, 1.f) : 0.f;
}

std::ptrdiff_t frame_at(double t) {
  return static_cast<std::ptrdiff_t>(std::lround(std::clamp(t, -1e6, 1e6) * limits::kFps));
}

// Greatest onset within 2 frames.
float onset_at(const audio::MusicAnalysis& music, double t) {
  float most = 0.f;
  for (std::ptrdiff_t k = -2; k <= 2; ++k) most = std::max(most, value(music.onset, frame_at(t) + k));
  return most;
}

float typical_loudness(const audio::MusicAnalysis& music) {
  std::vector<float> heard;
  for (std::size_t i = 0; i < music.loudness.size() && i < music.frames; ++i)
    heard.push_back(value(music.loudness, static_cast<std::ptrdiff_t>(i)));
  return quantile(std::move(heard), 0.5);
}

// Beats of the music with the frames around them no quieter than `audible`, between `from` and `to`.
std::vector<double> audible_beats(const audio::MusicAnalysis& music, float audible) {
  std::vector<double> out;
  for (double beat : clean_beats(music)) {
    if (beat < 0) continue;
    float most = 0.f;  // the smoothed loudness lags a little behind
    for (std::ptrdiff_t k = 0; k <= 8; ++k) most = std::max(most, value(music.loudness, frame_at(beat) + k));
    if (most >= audible) out.push_back(beat);
  }
  return out;
}

bool begins_bar(const audio::MusicAnalysis& music, double beat) {
  const auto at = std::lower_bound(music.beats.begin(), music.beats.end(), beat);
  const auto i = static_cast<std::size_t>(at - music.beats.begin());
  return i < music.beat_in_bar.size() && music.beat_in_bar[i] == 1;
}

double choose_final_beat(const audio::MusicAnalysis& music, const std::vector<double>& beats) {
  const double duration = static_cast<double>(music.frames) / limits::kFps;
  const auto end = std::upper_bound(beats.begin(), beats.end(), duration - kShortestHold) - beats.begin();
  double best = -1;
  float best_score = -1.f;
  for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(end - kLastBeats, 0); i < end; ++i) {
    const double beat = beats[static_cast<std::size_t>(i)];
    if (beat < 0.5 * duration) continue;
    const float score = onset_at(music, beat) + (begins_bar(music, beat) ? kDownbeat : 0.f) +
                        kPerBeat * static_cast<float>(i - end);
    if (best < 0 || score > best_score) best = beat, best_score = score;
  }
  return best;
}

}  // namespace

int section_at(const std::vector<audio::Section>& sections, double t) {
  int found = 0;
  for (std::size_t i = 0; i < sections.size() && sections[i].start <= t; ++i) found = static_cast<int>(i);
  return found;
}

SongShape song_shape(const audio::MusicAnalysis& music) {
  SongShape shape;
  for (const audio::Section& s : music.sections) {
    const bool later = shape.sections.empty() || s.start > shape.sections.back().start;
    if (std::isfinite(s.start) && std::isfinite(s.end) && later) shape.sections.push_back(s);
  }
  std::map<int, int> heard;
  const auto frames = static_cast<double>(music.frames);
  for (std::size_t i = 0; i < shape.sections.size(); ++i) {
    const audio::Section& s = shape.sections[i];
    shape.occurrence.push_back(heard[s.label]++);
    const double end = i + 1 < shape.sections.size() ? shape.sections[i + 1].start : s.end;
    const auto from = static_cast<std::ptrdiff_t>(std::clamp(s.start * limits::kFps, 0.0, frames));
    const auto to = static_cast<std::ptrdiff_t>(std::clamp(end * limits::kFps, 0.0, frames));
    double sum = 0;
    for (std::ptrdiff_t k = from; k < to; ++k) sum += static_cast<double>(value(music.loudness, k));
    shape.loudness.push_back(to > from ? static_cast<float>(sum / static_cast<double>(to - from)) : 0.f);
  }
  const std::vector<double> beats = audible_beats(music, kAudible * typical_loudness(music));
  if (!beats.empty()) shape.first_beat = beats.front();
  if (frames / limits::kFps >= kShortestShaped) shape.final_beat = choose_final_beat(music, beats);
  return shape;
}

}  // namespace terpsi::generate
