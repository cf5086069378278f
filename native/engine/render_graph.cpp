#include "native/engine/render_graph.h"

namespace terpsi::native {

Result<Render> render_graph(const audio::MusicAnalysis& music, const generate::PhraseCorpus& corpus,
                            const generate::ModelInfo& model, const RenderOptions& options) {
  auto condition = generate::make_condition(music, model, options.dance);
  if (!condition) return condition.error();
  const auto values = generate::dance_phrases(corpus, *condition);
  if (!values) return values.error();
  motion::Clip clip = generate::finish(*values, *condition, options.finish);
  return Render{std::move(clip), std::move(*condition)};
}

}  // namespace terpsi::native
