#include "native/engine/render.h"

#include "generate/sampler.h"

namespace terpsi::native {

Result<Render> render(const audio::MusicAnalysis& music, const generate::ModelInfo& model, Engine& engine,
                      const RenderOptions& options, const RenderProgress& progress) {
  auto condition = generate::make_condition(music, model, options.dance);
  if (!condition) return condition.error();
  generate::Sampler sampler(model, *condition, options.dance.seed);
  while (!sampler.done()) {
    const auto x1 = engine.run(sampler.next());
    if (!x1) return x1.error();
    if (auto status = sampler.feed(*x1); !status) return status.error();
    if (progress && !progress({sampler.progress(), sampler.ready_frames()})) {
      return Error{ErrorCode::cancelled, "stopped before the dance was finished"};
    }
  }
  motion::Clip clip = generate::finish(sampler.motion(), *condition, options.finish);
  return Render{std::move(clip), std::move(*condition)};
}

}  // namespace terpsi::native
