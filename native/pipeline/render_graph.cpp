#include "native/pipeline/render_graph.h"

#include <utility>

#include "generate/graph/motion_graph.h"

namespace terpsi::native {

Result<Render> render_graph(const audio::MusicAnalysis& music, const generate::PhraseCorpus& corpus,
                            const manifest::ModelInfo& model, const RenderOptions& options) {
  auto condition = generate::make_condition(music, model, options.dance);
  if (!condition) return condition.error();
  const auto values = generate::dance_phrases(corpus, *condition);
  if (!values) return values.error();
  return complete(*values, std::move(*condition), options);
}

}  // namespace terpsi::native
