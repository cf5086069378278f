#pragma once
// A dance whose style changes: stretches of one style, each with the dance beat that suits it.

#include <vector>

#include "audio/music.h"
#include "generate/plan/beat_grid.h"
#include "generate/plan/section_styles.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

struct DancePart {
  double start = 0, end = 0;  // seconds
  int style = 0;              // index into ModelInfo::styles
  double bpm = 0;             // that style's own tempo
  BeatGrid grid;              // unknown where the music has no beat
};

// The parts of a dance over [0, duration), at least one. A part starts - where a section starts on a
// downbeat, on its first dance beat, if phrases would not start there anyway (the
//   phrase before is cut short, usually to its half);
// - where the style changes: with a section on that section's first dance beat, else where a phrase of the
// part
//   before starts, as near to the span's start as that allows.
// A part that would leave less than half a phrase of the one before replaces it. Beats are the same in parts
// that dance to the same pulse; else the new part's beats are counted from its start, which is a beat of
// both, so that beat phases meet there. Precondition: spans is not empty.
std::vector<DancePart> dance_parts(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                                   const std::vector<StyleSpan>& spans,
                                   const std::vector<audio::Section>& sections, double duration);

// Index of the part at time t.
std::size_t part_at(const std::vector<DancePart>& parts, double t);

// The dance beats of all parts, ascending.
std::vector<double> dance_beats(const std::vector<DancePart>& parts);

}  // namespace terpsi::generate
