#include "dance_music.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "motion/kinematics.h"

namespace terpsi::wasm {
namespace {

constexpr std::size_t kSmooth = 15;  // frames to each side
constexpr int kMostInBar = 15;

// Of most bars; the place in the bar before each downbeat tells it.
int beats_of_most_bars(const std::vector<int>& places) {
  std::array<int, kMostInBar + 1> bars{};
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i] == 1 && places[i - 1] >= 1 && places[i - 1] <= kMostInBar)
      ++bars[static_cast<std::size_t>(places[i - 1])];
  }
  const auto most = std::max_element(bars.begin(), bars.end());
  return *most > 0 ? static_cast<int>(most - bars.begin()) : 4;
}

// Metres that all joints together move in each frame.
std::vector<float> steps(const motion::Clip& clip) {
  std::vector<float> out;
  out.reserve(clip.size());
  motion::JointPositions last{};
  for (std::size_t i = 0; i < clip.size(); ++i) {
    const motion::JointPositions now = motion::joint_positions(clip.frames[i]);
    float sum = 0;
    for (std::size_t j = 0; i > 0 && j < now.size(); ++j) sum += (now[j] - last[j]).norm();
    out.push_back(sum);
    last = now;
  }
  return out;
}

std::vector<float> movement(const motion::Clip& clip) {
  const std::vector<float> step = steps(clip);
  std::vector<double> sums(step.size() + 1, 0.0);
  for (std::size_t i = 0; i < step.size(); ++i) sums[i + 1] = sums[i] + static_cast<double>(step[i]);
  std::vector<float> out;
  out.reserve(step.size());
  for (std::size_t i = 0; i < step.size(); ++i) {
    const std::size_t from = i > kSmooth ? i - kSmooth : 0;
    const std::size_t to = std::min(i + kSmooth + 1, step.size());
    out.push_back(static_cast<float>((sums[to] - sums[from]) / static_cast<double>(to - from)));
  }
  const float most = out.empty() ? 0.f : *std::max_element(out.begin(), out.end());
  for (float& v : out) v = most > 0.f ? v / most : 0.f;
  return out;
}

}  // namespace

audio::MusicAnalysis music_of(const format::Dance& dance) {
  audio::MusicAnalysis music;
  music.duration = dance.clip.seconds();
  music.tempo_bpm = dance.tempo_bpm;
  music.beats = dance.beats;
  music.beat_in_bar = dance.beat_in_bar;
  music.beats_per_bar = beats_of_most_bars(music.beat_in_bar);
  music.beat_confidence = dance.beats.empty() ? 0 : 1;
  music.energy = movement(dance.clip);
  return music;
}

}  // namespace terpsi::wasm
