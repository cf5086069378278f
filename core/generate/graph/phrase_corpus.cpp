#include "generate/graph/phrase_corpus.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/limits.h"
#include "generate/plan/beat_grid.h"
#include "manifest/condition_layout.h"
#include "motion/motion_vector.h"

namespace terpsi::generate {
namespace {

Error wrong(std::string what) {
  return {ErrorCode::bad_format, "the corpus of phrases is damaged: " + std::move(what) +
                                     "; build it again with tools/train/build_corpus.py"};
}

Status check_phrase(const PhraseCorpus& corpus, std::size_t i) {
  const std::string name = "phrase " + std::to_string(i + 1);
  const manifest::Phrase& phrase = corpus.phrases[i];
  const auto codes = static_cast<int>(corpus.phrases.size());
  if (phrase.style < 0 || phrase.style >= static_cast<int>(corpus.styles.size()))
    return wrong(name + " has no style");
  if (!(phrase.energy >= 0 && phrase.energy <= 1))
    return wrong(name + " has an energy that is not within 0 and 1");
  if (phrase.mirror < 0 || phrase.mirror > codes) return wrong(name + " has an unknown mirror image");
  if (!(phrase.bpm >= 0 && phrase.bpm <= 400)) return wrong(name + " has a tempo out of range");
  if (phrase.alike < 0 || phrase.alike > codes) return wrong(name + " looks like an unknown phrase");
  if (phrase.next.size() > limits::kMaxNext) return wrong(name + " has too many successors");
  for (const auto& next : phrase.next) {
    if (next.code < 1 || next.code > codes || !(next.cost >= 0 && next.cost <= 1e6f))
      return wrong(name + " has an unknown successor or a cost below 0");
  }
  const auto& s = corpus.sources[i];
  const auto rows = static_cast<std::int64_t>(corpus.rows.size() / motion::kMotionDims);
  const std::int64_t end = std::int64_t{s.row} + kPhraseBeats * corpus.samples;
  if (s.row < 0 || s.before < 0 || s.after < 0 || end > rows) return wrong(name + " lies beyond the rows");
  const auto clip = std::upper_bound(corpus.clip_start.begin(), corpus.clip_start.end(), s.row);
  if (end + s.after > *clip || s.row - s.before < *(clip - 1))
    return wrong(name + " reaches out of its clip");
  return ok_status();
}

}  // namespace

Status check_corpus(const PhraseCorpus& corpus) {
  if (corpus.samples < 2 || corpus.samples > 1000) return wrong("rows per beat must be 2 to 1000");
  if (corpus.rows.empty() || corpus.rows.size() % motion::kMotionDims != 0)
    return wrong("rows are not N x 151");
  if (corpus.rows.size() > limits::kMaxMotionFileBytes / sizeof(float))
    return Error{ErrorCode::too_large,
                 "the corpus of phrases holds more than 64 MB of motion; use fewer clips"};
  for (const float v : corpus.rows) {
    if (!(std::abs(v) <= 1e4f)) return wrong("a row holds a value that is not a number in range");
  }
  const auto rows = static_cast<int>(corpus.rows.size() / motion::kMotionDims);
  const auto& starts = corpus.clip_start;
  if (starts.size() < 2 || starts.front() != 0 || starts.back() != rows ||
      std::adjacent_find(starts.begin(), starts.end(), std::greater_equal<>()) != starts.end())
    return wrong("clips do not cover the rows one after the other");
  if (corpus.styles.empty() || corpus.styles.size() > limits::kMaxStyles)
    return wrong("it has no styles, or too many");
  for (const manifest::Style& style : corpus.styles) {
    if (style.name.empty() || style.name.size() > 64 || !(style.bpm >= 20 && style.bpm <= 400) ||
        !(style.magnitude >= 0 && style.magnitude <= 100))
      return wrong("a style has no name, or a tempo or magnitude out of range");
  }
  if (corpus.phrases.empty() || corpus.phrases.size() > limits::kMaxPhrases)
    return wrong("it has no phrases, or too many");
  if (corpus.sources.size() != corpus.phrases.size()) return wrong("not every phrase has its rows");
  for (std::size_t i = 0; i < corpus.phrases.size(); ++i) {
    if (auto status = check_phrase(corpus, i); !status) return status;
  }
  return ok_status();
}

manifest::ModelInfo graph_model(const PhraseCorpus& corpus) {
  manifest::ModelInfo model;
  model.name = model.role = "graph";
  model.condition_columns = manifest::ConditionLayout::kFixedColumns + static_cast<int>(corpus.styles.size());
  model.std.fill(1.f);
  model.styles = corpus.styles;
  model.phrases = corpus.phrases;
  return model;
}

}  // namespace terpsi::generate
