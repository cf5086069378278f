#pragma once
// What the program knows about a song: the one structure between listening and dancing.

#include <cstddef>
#include <string>
#include <vector>

#include "audio/character.h"
#include "audio/hearing.h"
#include "audio/metre.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::audio {

// A stretch of the song; sections with the same label sound alike (0 is the first kind heard).
struct Section {
  double start;  // seconds
  double end;    // seconds
  int label;
};

// What dancers wait for and answer to.
struct Moment {
  enum class Kind {
    build_up,   // energy rises over 4 to 16 bars to a section's start
    drop,       // and breaks out: a sudden rise at a downbeat; start == end
    breakdown,  // the song holds its breath: a stretch much calmer than what surrounds it
  };
  Kind kind;
  double start, end;  // seconds
  double strength;    // 0 to 1
};

// All times are seconds of the decoded song; frame i of every per-frame vector is at i / 30 s.
struct MusicAnalysis {
  double duration = 0;           // seconds
  double tempo_bpm = 0;          // median tempo
  int beats_per_bar = 4;         // 2, 3 or 4; of scores 1 to 12: of most bars
  double beat_confidence = 0;    // 0 (no pulse heard) to 1 (unmistakable)
  std::vector<double> beats;     // ascending; the grid covers the whole song, also through breaks
  std::vector<int> beat_in_bar;  // one per beat, 1 = downbeat
  std::vector<Section> sections;
  std::vector<double> eights;   // starts of the counts of 8, ascending, all on downbeats (audio/eights.h)
  std::vector<Moment> moments;  // by start (audio/moments.h)
  Character character;          // of the whole song (audio/character.h)

  std::size_t frames = 0;       // T = max(1, round(duration * 30))
  std::vector<float> features;  // T x FeatureLayout::kColumns, row-major (see audio/features.h)
  std::vector<float> tempo;     // T, beats per minute
  std::vector<float>
      loudness;  // T, 0 (silence) to 1 (the song's loudest), perceptual (log) scale, ~0.4 s smoothing
  std::vector<float> onset;     // T, whole-band onset strength, 0 to about 1 (99th percentile = 1)
  std::vector<float> novelty;   // T, section novelty 0 to 1
  std::vector<float> energy;    // T, 0 to 1, how much happens, over about a bar (audio/energy.h)
  std::vector<float> waveform;  // peak envelope for drawing, 60 values per second, 0 to 1
};

// What is known of a song once its beats are.
MusicAnalysis describe(const Hearing& heard, Metre metre);

// hear, classical_metre, describe. `pcm` may have any sample rate within limits.h; it is resampled to
// kAnalysisRate. Errors: too_large (over 15 min), empty (under 1 s, or silent), invalid_argument (rate out of
// range, or samples that are not finite). Deterministic; native and WASM agree within 1e-4 in features.
Result<MusicAnalysis> analyze(const Pcm& pcm);

}  // namespace terpsi::audio
