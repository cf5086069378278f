#pragma once
// The motion-graph choreographer: real phrases, played at the song's beats. No network.
//
// It is the baseline that networks are measured against. The phrase plan of a Condition is realised by the
// recorded rows themselves; only the joins, the tempo and the size are made. Motion graphs: Kovar, Gleicher,
// Pighin, "Motion Graphs", SIGGRAPH 2002.

#include <vector>

#include "base/result.h"
#include "generate/plan/condition.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

// Recorded clips in the beat domain and the phrases cut from them.
struct PhraseCorpus {
  // Where the rows of a phrase are: kPhraseBeats * samples from `row` on, all of one clip.
  struct Source {
    int row = 0;
    int before = 0;  // rows before `row` and
    int after = 0;   // rows after the phrase's end that belong to the clip and are fit to be shown in a join
    bool mirrored = false;  // the phrase is the mirror image of the rows
  };

  int samples = 0;              // rows per beat
  std::vector<float> rows;      // N x 151: motion vectors whose horizontal velocity is in metres per beat
  std::vector<int> clip_start;  // clips + 1 numbers: first row of each clip, and N
  std::vector<manifest::Style> styles;
  std::vector<manifest::Phrase> phrases;  // as in ModelInfo: phrase i has code i + 1
  std::vector<Source> sources;            // one for each phrase
};

// Ok if every index is in range and every number finite. Errors: bad_format, saying what is wrong; too_large.
Status check_corpus(const PhraseCorpus& corpus);

// The corpus's styles and phrases as a model called "graph", for make_condition. It has no network: no times,
// no window.
manifest::ModelInfo graph_model(const PhraseCorpus& corpus);

// The motion of a plan: condition.frames x 151 motion vectors (motion/motion_vector.h), for finish().
//
// Frame i shows the phrase condition.phrases[i] at the phrase phase of its condition columns; without known
// beats phrases last four beats of the style's tempo. A phrase that is the recorded continuation of the one
// before it simply goes on. Other joins cross-fade the two recordings over half a beat to a beat on each
// side, rotations along the short way, while the pelvis moves so that a foot that stands keeps its place. A
// new phrase that faces elsewhere by more than half a radian begins turned to where its pose meets the old
// one's best and turns to its own heading within four beats. A recording that ends within a join comes to
// rest. Energy scales movement about the clip's mean pose, arms and trunk fully, legs and travel half, as in
// training. Deterministic; linear in the frames.
//
// Preconditions: check_corpus(corpus) is ok. Errors: invalid_argument when the condition's arrays do not have
// the sizes that frames and columns say, or a phrase code is 0 or not of this corpus.
Result<std::vector<float>> dance_phrases(const PhraseCorpus& corpus, const Condition& condition);

}  // namespace terpsi::generate
