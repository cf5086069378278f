#pragma once
// The motion graph [Kovar 2002]: recorded phrases played at the song's beats, without a network. The baseline
// that networks are measured against: the phrase plan of a Condition is realised by the recorded rows; only
// the joins, the tempo and the size are synthesised.

#include <vector>

#include "base/result.h"
#include "generate/graph/phrase_corpus.h"
#include "generate/plan/condition.h"

namespace terpsi::generate {

// The motion of a plan: condition.frames x 151 motion vectors (motion/motion_vector.h), for finish().
//
// - Frame i shows the phrase condition.phrases[i] at the phrase phase of its condition columns; without known
//   beats a phrase lasts four beats of the style's tempo.
// - A phrase that is the recorded continuation of the one before it simply plays on. Other joins cross-fade
// the
//   two recordings over half a beat to a beat on each side, rotations along the shorter arc, while the pelvis
//   moves so that a planted foot keeps its place.
// - A new phrase whose heading differs by more than half a radian starts turned to where its pose matches the
//   old one's best, and turns to its own heading within four beats.
// - A recording that ends within a join comes to rest. - Energy scales movement about the clip's mean pose,
// arms and trunk fully, legs and travel half, as in training.
//
// Deterministic; linear in the frames. Precondition: check_corpus(corpus) is ok. Errors: invalid_argument
// when the condition's arrays do not have the sizes that frames and columns say, or a phrase code is 0 or not
// of this corpus.
Result<std::vector<float>> dance_phrases(const PhraseCorpus& corpus, const Condition& condition);

}  // namespace terpsi::generate
