#pragma once
// A small made-up model and song, shared by the tests of core/generate.

#include <cmath>
#include <string>

#include "audio/describe/features.h"
#include "audio/music.h"
#include "generate/plan/condition.h"
#include "manifest/model_info.h"

namespace terpsi::test {

// Two styles, each with `per_style` phrases in two recorded chains; phrase 2k + 2 is the mirror of phrase 2k
// + 1.
inline manifest::ModelInfo small_model(int per_style = 16) {
  manifest::ModelInfo m;
  m.name = "small";
  m.role = "student";
  m.window = 120;
  m.overlap = 30;
  m.times = {0.f, 0.35f, 0.7f};
  m.styles = {{"slow", 90.f, 0.6f}, {"fast", 128.f, 1.1f}};
  m.condition_columns = manifest::ConditionLayout::kFixedColumns + 2;
  m.std.fill(1.f);
  for (int style = 0; style < 2; ++style) {
    const int first = style * per_style;
    for (int i = 0; i < per_style; ++i) {
      manifest::Phrase p;
      p.style = style;
      p.energy = static_cast<float>(i / 2) / static_cast<float>(per_style / 2);
      p.mirror = first + (i ^ 1) + 1;
      const int onward = (i + 2) % per_style;
      p.next.push_back({first + onward + 1, 0.f});
      p.next.push_back({p.mirror, 6.f});
      for (int k = 1; k < 6; ++k)
        p.next.push_back({first + (i + 3 * k) % per_style + 1, 4.f * static_cast<float>(k)});
      m.phrases.push_back(p);
    }
  }
  return m;
}

// Steady 4/4 at `bpm`, first downbeat after `pickup` beats, sections A B A B of equal length, B louder.
inline audio::MusicAnalysis small_song(double seconds = 64, double bpm = 120, int pickup = 0,
                                       double first = 0.1) {
  audio::MusicAnalysis a;
  a.duration = seconds;
  a.tempo_bpm = bpm;
  a.beat_confidence = 0.9;
  int index = 0;
  for (double t = first; t < seconds; t += 60 / bpm, ++index) {
    a.beats.push_back(t);
    a.beat_in_bar.push_back(((index - pickup) % 4 + 4) % 4 + 1);
  }
  for (int s = 0; s < 4; ++s) a.sections.push_back({seconds * s / 4, seconds * (s + 1) / 4, s % 2});
  a.frames = static_cast<std::size_t>(std::max(1.0, std::round(seconds * 30)));
  a.features.assign(a.frames * audio::FeatureLayout::kColumns, 0.f);
  a.tempo.assign(a.frames, static_cast<float>(bpm));
  a.loudness.resize(a.frames);
  a.onset.assign(a.frames, 0.f);
  a.novelty.assign(a.frames, 0.f);
  for (std::size_t i = 0; i < a.frames; ++i) {
    const double t = static_cast<double>(i) / 30;
    a.loudness[i] = (static_cast<int>(t * 4 / seconds) % 2) != 0 ? 0.9f : 0.5f;
  }
  for (double b : a.beats) {
    const auto f = static_cast<std::size_t>(std::lround(b * 30));
    if (f < a.frames) a.onset[f] = 1.f;
  }
  return a;
}

}  // namespace terpsi::test
