#pragma once
// Renders dances with the models of a folder, loaded when first needed, on one device.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/networks/generator.h"
#include "native/networks/models.h"
#include "native/queue/render_request.h"

namespace terpsi::native {

struct RendererOptions {
  Models models;
  std::string default_model;  // for requests that name none; empty: see default_model_of
  GeneratorOptions generator;
  std::size_t kept_generators = 3;  // loaded at once; the least recently used one is evicted
};

// One thread renders; stop() may be called from any thread.
class Renderer {
 public:
  // Loads the default model, so that the first render need not wait for it. Errors: those of the manifest,
  // load_weights and Generator::load; not_found (default_model).
  static Result<std::unique_ptr<Renderer>> open(const RendererOptions& options);

  // The .dance file. Errors: those of render_request_from_json, check_render_request and render; cancelled
  // after stop().
  Result<std::vector<std::uint8_t>> render(std::string_view request,
                                           const std::function<void(double)>& progress);

  // Aborts the render in progress within a second; no effect when there is none.
  void stop();

  const std::string& device() const { return device_; }

 private:
  struct Loaded {
    std::string name;
    Generator generator;
    std::uint64_t used;
  };
  explicit Renderer(const RendererOptions& options) : options_(options) {}
  Result<Generator*> generator_of(const manifest::ModelInfo& model);

  RendererOptions options_;
  std::string device_;
  std::vector<std::unique_ptr<Loaded>> loaded_;
  std::uint64_t uses_ = 0;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;              // guards the next
  Generator* running_ = nullptr;  // of the render in progress
};

// The model that a request names, or the default. Errors: not_found (the message lists those there are).
Result<manifest::ModelInfo> model_of(const RenderRequest& request, const manifest::Manifest& manifest,
                                     const std::string& default_model);

// `wanted`; when that is empty, the first model of more than one evaluation that is too large for the page and free to
// use, else the first of the manifest.
std::string default_model_of(const manifest::Manifest& manifest, const std::string& wanted);

}  // namespace terpsi::native
