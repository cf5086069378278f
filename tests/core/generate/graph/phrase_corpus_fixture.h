#pragma once
// A made-up corpus of phrases, shared by the tests of the motion graph.

#include <cmath>
#include <numbers>

#include "generate/graph/phrase_corpus.h"
#include "generate/plan/beat_grid.h"
#include "motion/motion_vector.h"
#include "motion/rotation.h"

namespace terpsi::test {

// Two styles with two clips each of `phrases` phrases. The arms swing once per beat (speed minima on the
// beats), by an amount of each clip's own; the dancer travels along x at 0.1 m per beat and faces `heading`
// radians in the second clip of a style.
inline generate::PhraseCorpus small_corpus(int phrases = 4, float heading = 0.f, int samples = 12) {
  generate::PhraseCorpus c;
  c.samples = samples;
  c.styles = {{"slow", 90.f, 0.6f}, {"fast", 128.f, 1.1f, "quick"}};
  const int span = generate::kPhraseBeats * samples, length = phrases * span + samples;
  for (int clip = 0; clip < 4; ++clip) {
    const int start = clip * length;
    c.clip_start.push_back(start);
    for (int i = 0; i < length; ++i) {
      motion::Frame frame;
      const double beat = static_cast<double>(i) / samples;
      const auto swing =
          static_cast<float>(std::cos(std::numbers::pi * beat)) * (0.3f + 0.2f * static_cast<float>(clip));
      for (const auto joint : {motion::kLShoulder, motion::kRShoulder})
        frame.rotations[joint] = motion::Quat(Eigen::AngleAxisf(swing, motion::Vec3::UnitZ()));
      if (clip % 2 == 1) frame.rotations[0] = motion::Quat(Eigen::AngleAxisf(heading, motion::Vec3::UnitY()));
      frame.contacts = {1, 1, 0, 0};
      motion::Clip one;
      one.frames = {frame};
      std::vector<float> row = motion::encode(one);
      row[motion::kRootOffset] = 0.1f;
      c.rows.insert(c.rows.end(), row.begin(), row.end());
    }
    for (int k = 0; k < phrases; ++k) {
      const int row = start + k * span, code = clip * phrases + k + 1;
      c.sources.push_back({row, std::min(k * span, 2 * samples), samples, false});
      manifest::Phrase p{clip / 2, static_cast<float>(k) / static_cast<float>(phrases), 0, {}};
      if (k + 1 < phrases) p.next.push_back({code + 1, 0.f});
      p.next.push_back({(clip ^ 1) * phrases + k + 1, 5.f});
      c.phrases.push_back(p);
    }
  }
  c.clip_start.push_back(4 * length);
  return c;
}

}  // namespace terpsi::test
