#pragma once
// The choreographer: which phrase of the model's memory is danced when.
//
// It walks the phrases' `next` lists. Each slot takes the candidate of least cost, of the style's own phrases
// and those of its family. The cost adds: how badly it joins the phrase before it (recorded continuations are
// free), how far its energy is from the music's and its tempo from the song's, how recently and how often what
// looks the same (or its mirror image) was danced, being of another style of the family (less, the fewer phrases
// the style has), staying too long on one recorded clip, no change at a section start, and a little chance from
// the seed. Where the style changes the table has no transition: phrases
// are preferred that many others lead into or, at the end of a style, that lead into many, and those that
// begin a recording. A phrase is sometimes answered by its mirror image where the join is cheap.
//
// A section whose label and style were danced before repeats what was danced then, as far as `variation`
// allows:
//   0     exactly
//   > 0   the section may be mirrored, with a chance of 1.1 variation (at least where
//         the mirror image joins better)
//   0.2   its last phrase is another
//   0.3+  further phrases are new, more and more; at 1 all are
// What is new at some variation is new at every greater one.

#include <cstdint>
#include <vector>

#include "audio/music.h"
#include "generate/plan/dance_parts.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

// A stretch of 4 dance beats.
struct PhraseSlot {
  double start = 0;     // seconds; of the first slot at or before 0
  double end = 0;       // seconds; of the last slot at or after the duration
  int section = 0;      // index into the sections it was made from (0 without sections)
  int label = 0;        // that section's label
  int place = 0;        // how many slots after the section's start; may be negative in the first section
  float energy = 0.5f;  // what the music asks for, 0..1
  int style = 0;        // index into ModelInfo::styles
  // Filled in by plan_phrases:
  int code = 0;         // phrase code
  bool varied = false;  // a returning section's phrase differs from the first time's and its mirror image
};

// Slots over [0, duration) aligned to the phrase starts of each part's grid, also before the first downbeat;
// 4 beats of the part's `bpm` from its start when no grid is known. energy: one value per frame (30 per
// second); a slot asks for the mean of its section, tilted by its own, stretched about 0.5 because phrase
// energies are ranks. Precondition: parts is not empty.
std::vector<PhraseSlot> phrase_slots(const std::vector<DancePart>& parts,
                                     const std::vector<audio::Section>& sections, double duration,
                                     const std::vector<float>& energy);

// Fills in `code` and `varied` for every slot; code 0 where the model has no phrase of that style. variation:
// 0 to 1. Deterministic in its arguments.
void plan_phrases(std::vector<PhraseSlot>& slots, const manifest::ModelInfo& model, std::uint64_t seed,
                  float variation);

}  // namespace terpsi::generate
