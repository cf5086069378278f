#pragma once
// From music to what the network is told, frame by frame.
//
// Columns (version 1), C = kFixedColumns + number of styles:
//   0,1  dance-beat phase: sin, cos of 2 pi phase; phase 0 on a dance beat
//   2,3  phrase phase: sin, cos over 4 dance beats; phase 0 where a phrase starts (a downbeat in 4/4)
//   4,5  8-count phase: sin, cos over 8 dance beats
//   6    log2(dance tempo / 120)
//   7    energy 0..1: how big to dance (0.5 = as the style's clips): clamp(option + 0.5 (loudness - its
//   median)), loudness
//        averaged over 2 s, so that a steady song at the default option is 0.5 throughout
//   8    accent 0..1: how sharply this moment is struck: onset strength, greatest of 3 frames, then smoothed
//   1 2 1 9    1 if the beat columns 0..6 are known, else they are 0 10.. style weights, sum 1
//
// Dance beats are the music's beats, every second one, or twice as many: whichever tempo lies nearest (in
// octaves) to the style's own. Phrases always span 4 dance beats, start on a downbeat where the metre allows.

#include <cstdint>
#include <string>
#include <vector>

#include "audio/analysis.h"
#include "base/result.h"
#include "generate/model_info.h"

namespace terpsi::generate {

inline constexpr int kConditionVersion = 1;
inline constexpr int kFixedColumns = 10;

struct DanceOptions {
  std::string style =
      "auto";  // a style name of the model, or auto: chosen from tempo, loudness and onset density
  std::uint64_t seed = 1;
  float energy = 0.5f;  // 0 (small) to 1 (big)
};

struct Condition {
  int frames = 0;                     // T
  int columns = 0;                    // C
  std::vector<float> values;          // T x C
  std::vector<std::int32_t> phrases;  // T phrase codes (the plan, see phrase_plan.h)
  std::vector<std::int32_t>
      noise_frames;  // T: the frame number the noise is drawn for; sections of one label share theirs
  std::vector<double> dance_beats;  // seconds
  std::vector<double> beats;        // the music's beats, seconds
  int style = 0;                    // index into ModelInfo::styles, resolved
};

// Phases run on at the outermost pace before the first and after the last beat. Frames = music.frames.
// Errors: empty (no frames), too_large (over 15 min), unsupported (model without styles), not_found (unknown
// style; the message lists the known ones), invalid_argument (energy out of range).
Result<Condition> make_condition(const audio::MusicAnalysis& music, const ModelInfo& model,
                                 const DanceOptions& options);

}  // namespace terpsi::generate
