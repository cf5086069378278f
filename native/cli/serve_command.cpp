#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/server_options.h"
#include "native/cli/stop_signals.h"
#include "native/http/log.h"
#include "native/io/install.h"
#include "native/networks/models.h"
#include "native/queue/local_queue.h"
#include "native/server/http_server.h"
#include "native/store/cleanup.h"
#include "native/store/local_store.h"

namespace terpsi::native {
namespace {

constexpr int kRenderNiceness = 5;

// Whoever keeps renders and dances: this machine or a cluster.
struct Keepers {
  std::shared_ptr<DataFolder> folder;  // of this machine
  std::unique_ptr<DanceStore> store;
  std::unique_ptr<RenderQueue> queue;
  std::unique_ptr<CleanupThread> cleanup;
};

Result<Keepers> open_cluster(const ServeOptions& options) {
  Keepers keepers;
  auto store = open_cluster_store(options.work.cluster);
  if (!store) return store.error();
  keepers.store = std::move(*store);
  auto queue = open_cluster_queue(options.work.cluster);
  if (!queue) return queue.error();
  keepers.queue = std::move(*queue);
  return keepers;
}

Result<Keepers> open_local(const ServeOptions& options) {
  Keepers keepers;
  auto folder = DataFolder::open(data_folder(options.data));
  if (!folder) return folder.error();
  keepers.folder = std::move(*folder);
  auto store = LocalStore::open(keepers.folder);
  if (!store) return store.error();
  keepers.store = std::move(*store);
  auto queue = LocalQueue::open(*keepers.folder);
  if (!queue) return queue.error();
  LocalQueue* local = queue->get();
  keepers.queue = std::move(*queue);
  keepers.cleanup = std::make_unique<CleanupThread>(keepers.folder, [local] { (void)local->forget_old(); });
  return keepers;
}

// The worker of this process. Its model is loaded beside the server, which answers meanwhile.
class LocalWorker {
 public:
  // `failed` is called when the model cannot be loaded.
  void start(RenderQueue& queue, const WorkOptions& options, const Models& models,
             std::function<void()> failed) {
    loading_ = std::thread([this, &queue, &options, &models, failed = std::move(failed)] {
      // Of this thread and, on Linux, of all that it starts: those that render. Answers come first.
      ::setpriority(PRIO_PROCESS, 0, kRenderNiceness);
      auto renderer = open_renderer(options, models);
      if (!renderer) {
        log(LogLevel::error, "no dances can be made", {{"why", renderer.error().message}});
        failed_ = true;
        failed();
        return;
      }
      const std::lock_guard lock(mutex_);
      renderer_ = std::move(*renderer);
      log(LogLevel::info, "ready to make dances", {{"device", renderer_->device()}});
      worker_ = std::make_unique<Worker>(queue, *renderer_, worker_options(options));
    });
  }

  bool ready() const {
    const std::lock_guard lock(mutex_);
    return worker_ != nullptr;
  }

  std::string device() const {
    const std::lock_guard lock(mutex_);
    return renderer_ ? renderer_->device() : std::string();
  }

  WorkerFigures figures() const {
    const std::lock_guard lock(mutex_);
    return worker_ ? worker_->figures() : WorkerFigures{};
  }

  // True when the model could not be loaded.
  bool stop() {
    if (loading_.joinable()) loading_.join();
    if (worker_) worker_->stop();
    return failed_;
  }

 private:
  mutable std::mutex mutex_;  // guards the next two until stop()
  std::unique_ptr<Renderer> renderer_;
  std::unique_ptr<Worker> worker_;
  std::atomic<bool> failed_{false};
  std::thread loading_;
};

void find_page(ServeOptions& options) {
  ServerOptions& server = options.server;
  if (server.web.empty()) server.web = find_folder("web/dist", "index.html");
  if (server.web.empty()) server.web = "web/dist";
  // A built page has its own models, without those that only the command line uses.
  std::error_code ignored;
  const bool own = std::filesystem::exists(server.web + "/models/manifest.json", ignored);
  const bool asked = !options.work.models.empty() || std::getenv("TERPSI_MODELS") != nullptr;
  options.work.models = models_folder(options.work.models);
  if (asked || !own) server.models = options.work.models;
}

int serve(ServeOptions& options) {
  if (auto status = complete(options); !status) return fail(status.error(), kExitUsage);
  set_log_level(options.work.log_level);
  find_page(options);
  StopSignals signals;  // before any other thread begins

  Site site(options.site);
  const bool renders = !options.no_renders, worker_here = renders && !options.no_worker;
  if (renders) {
    site.models = open_models(options.work.models);
    const auto& generators = site.models.generators;
    if (!generators) {
      return fail(
          {generators.error().code, generators.error().message + "; or serve without it: --no-renders"},
          kExitModel);
    }
    site.options.default_model = default_model_of(*generators, options.work.default_model);
    if (const auto model = choose_model(*generators, site.options.default_model); !model)
      return fail(model.error(), kExitUsage);
  }
  auto server = HttpServer::open(options.server, site);
  if (!server)
    return fail(server.error(), server.error().code == ErrorCode::invalid_argument ? kExitUsage : kExitInput);

  Keepers keepers;
  if (renders || options.site.dances) {
    auto opened = options.work.cluster.urls.empty() ? open_local(options) : open_cluster(options);
    if (!opened) return fail(opened.error(), kExitIo);
    keepers = std::move(*opened);
  }
  if (renders) site.queue = keepers.queue.get();
  if (options.site.dances) site.dances = keepers.store.get();
  LocalWorker worker;
  if (worker_here) {
    site.worker_ready = [&worker] { return worker.ready(); };
    site.worker_device = [&worker] { return worker.device(); };
    site.worker_figures = [&worker] { return worker.figures(); };
  }
  std::printf("Terpsi is at %s (Ctrl-C stops it)\n", (*server)->url().c_str());
  if (keepers.folder) std::printf("  what is shared is kept in %s\n", keepers.folder->path().c_str());
  std::fflush(stdout);
  log(LogLevel::info, "started", {{"url", (*server)->url()}});

  signals.on_stop([&] { (*server)->stop(); });
  if (worker_here) worker.start(*keepers.queue, options.work, site.models, [&] { (*server)->stop(); });
  (*server)->run();
  signals.done();
  log(LogLevel::info, "stopping");
  const bool failed = worker.stop();
  log(LogLevel::info, "stopped");
  return failed ? kExitModel : kExitOk;
}

}  // namespace

void add_serve_command(Command& program) {
  auto options = std::make_shared<ServeOptions>();
  Command command = program.subcommand(
      "serve", "Serve the page, make dances of high quality and keep shared ones, for browsers and programs");
  add_serve_options(command, *options);
  command.layer(options->work.config);
  command.on_run([options, command] {
    if (auto status = command.apply_config(options->work.config); !status)
      return fail(status.error(), kExitUsage);
    return serve(*options);
  });
}

}  // namespace terpsi::native
