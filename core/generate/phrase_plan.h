#pragma once
// The choreographer: which phrase of the model's memory is danced when.
//
// It walks the phrases' `next` lists. Each slot takes the candidate of least cost, where the cost adds: how
// badly it joins the phrase before it (recorded continuations are free), how far its energy is from the
// music's, how recently it (or its mirror image) was danced, staying too long on one recorded clip, no change
// at a section start, and a little chance from the seed. A section whose label was heard before repeats what
// was danced then, as it was or mirrored, whichever joins better, with a new last phrase. A phrase is
// sometimes answered by its mirror image where the join is cheap.

#include <cstdint>
#include <vector>

#include "audio/analysis.h"
#include "generate/beat_grid.h"
#include "generate/model_info.h"

namespace terpsi::generate {

// A stretch of 4 dance beats.
struct PhraseSlot {
  double start = 0,
         end = 0;       // seconds; the first starts at or before 0, the last ends at or after the duration
  int section = 0;      // index into the sections it was made from (0 without sections)
  int label = 0;        // that section's label
  float energy = 0.5f;  // what the music asks for, 0..1
  int code = 0;         // phrase code, filled in by plan_phrases
};

// Slots over [0, duration) aligned to the grid's phrase starts, also before the first downbeat; 4 beats of
// `style_bpm` from 0 when no grid is known. energy: one value per frame (30 per second); a slot asks for the
// mean of its section, tilted by its own, stretched about 0.5 because phrase energies are ranks.
std::vector<PhraseSlot> phrase_slots(const BeatGrid& grid, const std::vector<audio::Section>& sections,
                                     double duration, double style_bpm, const std::vector<float>& energy);

// Fills in `code` for every slot; 0 everywhere if the model has no phrase of that style. Deterministic in its
// arguments.
void plan_phrases(std::vector<PhraseSlot>& slots, const ModelInfo& model, int style, std::uint64_t seed);

}  // namespace terpsi::generate
