#include "native/queue/renderer.h"

#include <algorithm>
#include <utility>

#include "native/networks/models.h"

namespace terpsi::native {

std::string default_model_of(const manifest::Manifest& manifest, const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  for (const manifest::ModelInfo& model : manifest.models) {
    if (!model.page && !model.single_step && !model.research_only()) return model.name;
  }
  return manifest.models.empty() ? std::string() : manifest.models.front().name;
}

Result<manifest::ModelInfo> model_of(const RenderRequest& request, const manifest::Manifest& manifest,
                                     const std::string& default_model) {
  return choose_model(manifest, request.model.empty() ? default_model : request.model);
}

Result<std::unique_ptr<Renderer>> Renderer::open(const RendererOptions& options) {
  std::unique_ptr<Renderer> renderer(new Renderer(options));
  const auto& generators = options.models.generators;
  if (!generators) return generators.error();
  renderer->options_.default_model = default_model_of(*generators, options.default_model);
  const auto model = choose_model(*generators, renderer->options_.default_model);
  if (!model) return model.error();
  const auto generator = renderer->generator_of(*model);
  if (!generator) return generator.error();
  renderer->device_ = (*generator)->description();
  return renderer;
}

Result<Generator*> Renderer::generator_of(const manifest::ModelInfo& model) {
  const auto older = [](const auto& a, const auto& b) { return a->used < b->used; };
  const auto found = std::find_if(loaded_.begin(), loaded_.end(),
                                  [&](const auto& loaded) { return loaded->name == model.name; });
  if (found != loaded_.end()) {
    (*found)->used = ++uses_;
    return &(*found)->generator;
  }
  const auto weights = load_weights(options_.models.folder, model);
  if (!weights) return weights.error();
  if (loaded_.size() >= options_.kept_generators)
    loaded_.erase(std::min_element(loaded_.begin(), loaded_.end(), older));
  auto generator = Generator::load(*weights, model, options_.generator);
  if (!generator) return generator.error();
  loaded_.push_back(std::make_unique<Loaded>(Loaded{model.name, std::move(*generator), ++uses_}));
  return &loaded_.back()->generator;
}

Result<std::vector<std::uint8_t>> Renderer::render(std::string_view text,
                                                   const std::function<void(double)>& progress) {
  stopped_ = false;
  auto request = render_request_from_json(text);
  if (!request) return request.error();
  const auto model = model_of(*request, *options_.models.generators, options_.default_model);
  if (!model) return model.error();
  const auto generator = generator_of(*model);
  if (!generator) return generator.error();
  {
    const std::lock_guard lock(mutex_);
    running_ = *generator;
    (*generator)->resume();
  }
  auto made =
      native::render(request->music, *model, **generator, request->options, [&](const RenderStep& state) {
        progress(state.progress);
        return !stopped_.load();
      });
  {
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
  }
  if (!made) return made.error();
  return dance_file_of(*request, *model, std::move(*made));
}

void Renderer::stop() {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  if (running_ != nullptr) running_->stop();
}

}  // namespace terpsi::native
