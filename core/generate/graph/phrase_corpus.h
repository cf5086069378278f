#pragma once
// Recorded clips in the beat domain and the phrases cut from them: what the motion graph plays.

#include <vector>

#include "base/result.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

struct PhraseCorpus {
  // Where the rows of a phrase are: kPhraseBeats * samples from `row` on, all of one clip.
  struct Source {
    int row = 0;
    // Rows before `row`, and after the phrase's end, that belong to the clip and may be shown in a join.
    int before = 0, after = 0;
    bool mirrored = false;  // the phrase is the mirror image of the rows
  };

  int samples = 0;              // rows per beat, 2 to 1000
  std::vector<float> rows;      // N x 151: motion vectors whose horizontal velocity is in metres per beat
  std::vector<int> clip_start;  // clips + 1 numbers: first row of each clip, and N
  std::vector<manifest::Style> styles;
  std::vector<manifest::Phrase> phrases;  // as in ModelInfo: phrase i has code i + 1
  std::vector<Source> sources;            // one for each phrase
};

// Ok if every index is in range and every number finite. Errors: bad_format naming the fault; too_large.
Status check_corpus(const PhraseCorpus& corpus);

// The corpus's styles and phrases as a model called "graph", for make_condition. It has no network: no
// sampler times, no window.
manifest::ModelInfo graph_model(const PhraseCorpus& corpus);

}  // namespace terpsi::generate
