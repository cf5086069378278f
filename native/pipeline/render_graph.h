#pragma once
// From music to a finished dance of recorded phrases: the counterpart of render() without a network.

#include "generate/graph/motion_graph.h"
#include "native/pipeline/render.h"

namespace terpsi::native {

// `model`: graph_model(corpus). Errors: those of make_condition and dance_phrases.
Result<Render> render_graph(const audio::MusicAnalysis& music, const generate::PhraseCorpus& corpus,
                            const manifest::ModelInfo& model, const RenderOptions& options);

}  // namespace terpsi::native
