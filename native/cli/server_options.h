#pragma once
// Options of `terpsi serve` and `terpsi work`.

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/cli/command_line.h"
#include "native/cluster/cluster.h"
#include "native/queue/renderer.h"
#include "native/queue/worker.h"
#include "native/server/http_server.h"
#include "native/server/site.h"

namespace terpsi::native {

// What makes renders.
struct WorkOptions {
  std::string models, default_model, device = "auto";
  int threads = GeneratorOptions{}.threads;
  int timeout_seconds = limits::kRenderTimeoutSeconds;
  int drain_seconds = 20;
  std::string log_level = "info", config;
  ClusterOptions cluster;
};
void add_work_options(Command& command, WorkOptions& options);

// Loads the default model of `models`. Errors: those of choose_device and Renderer::open.
Result<std::unique_ptr<Renderer>> open_renderer(const WorkOptions& options, Models models);
WorkerOptions worker_options(const WorkOptions& options);

struct ServeOptions {
  ServerOptions server;
  SiteOptions site;
  WorkOptions work;
  std::string data, render_token_file;
  std::vector<std::string> proxies;
  bool no_renders = false, no_dances = false, no_worker = false;
};
void add_serve_options(Command& command, ServeOptions& options);

// What cannot be said to CLI11: tokens from files, addresses. Errors: invalid_argument, io.
Status complete(ServeOptions& options);

}  // namespace terpsi::native
