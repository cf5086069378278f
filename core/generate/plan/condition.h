#pragma once
// From music to what the network is given, frame by frame.
//
// Columns (manifest::ConditionLayout, version 1), C = kFixedColumns + number of styles:
//    0,1  beat phase: sin, cos of 2 pi phase; phase 0 on a dance beat
//    2,3  phrase phase: sin, cos over 4 dance beats; phase 0 where a phrase starts (a downbeat in 4/4)
//    4,5  8-count phase: sin, cos over 8 dance beats
//    6    log2(dance tempo / 120)
//    7    energy 0..1: how big to dance (0.5 = as the style's clips)
//    8    accent 0..1: how sharply this moment is struck: onset strength, greatest of 3 frames, then smoothed;
//         1 where a section starts
//    9    1 where the beat columns 0..6 are known, else they are 0
//   10..  style weights, sum 1; where the style changes they cross-fade within the 4 beats around
//
// Energy = option + k (loudness - its median), loudness averaged over 2 s, so that a steady song at the
// default option is 0.5 throughout; k makes the song's range (10th to 90th percentile) half of the energy's,
// within 0.5 to 1.5. The last two beats before a section that is not quieter build up, its first two are big;
// the first phrase of the dance grows from small.
//
// Dance beats are the music's beats, every second one, or twice as many: whichever tempo lies nearest (in
// octaves) to the style's own. Phrases always span 4 dance beats and start on a downbeat where the metre
// allows.

#include <cstdint>
#include <string>
#include <vector>

#include "audio/music.h"
#include "base/result.h"
#include "generate/plan/section_styles.h"
#include "manifest/condition_layout.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

using manifest::ConditionLayout;

inline constexpr float kDefaultVariation = 0.3f;

struct DanceOptions {
  std::string style = "auto";  // a style name of the model, or auto: chosen by style_choice.h
  std::uint64_t seed = 1;
  float energy = 0.5f;  // 0 (small) to 1 (big)
  // 0: a section that returns repeats its phrases and its noise; 1: it is danced anew every time. In between
  // a growing share of it is new, and it is mirrored more often.
  float variation = kDefaultVariation;
  std::vector<SectionStyle> section_styles = {};  // where another style is danced
  bool opening = true;                            // the dancer stands at first and comes alive with the music
  bool ending = true;                             // and holds a last pose from the last strong beat on
};

struct Condition {
  int frames = 0;                     // T
  int columns = 0;                    // C
  std::vector<float> values;          // T x C
  std::vector<std::int32_t> phrases;  // T phrase codes (the plan, see phrase_plan.h)
  // T: the frame number the noise is drawn for; sections of one label share theirs.
  std::vector<std::int32_t> noise_frames;
  std::vector<double> dance_beats;  // seconds
  std::vector<double> beats;        // the music's beats, seconds
  int style = 0;             // index into ModelInfo::styles, resolved; where section styles name no other
  std::string style_reason;  // why auto chose it (StyleChoice::reason); empty for a named style
  // Seconds; the phrase starts at which a new section is danced, not the first.
  std::vector<double> section_starts;
  // Seconds; the first phrase starts after phrases were cut or the style changed.
  std::vector<double> splices;
  // Seconds: the dancer stands until alive_from and dances fully from alive_by.
  double alive_from = 0, alive_by = 0;
  double final_beat = -1;  // seconds; the last pose is held from here on; negative: none is
};

// Phases continue at the outermost pace before the first and after the last beat. Frames = music.frames.
// Errors: empty (no frames), too_large (over 15 min), unsupported (model without styles), not_found (unknown
// style; the message lists the known ones; a place that the song does not have), invalid_argument (energy or
// variation out of range).
Result<Condition> make_condition(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                                 const DanceOptions& options);

}  // namespace terpsi::generate
