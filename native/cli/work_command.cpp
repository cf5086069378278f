#include <cstdio>
#include <future>
#include <memory>

#include "native/cli/commands.h"
#include "native/cli/exit_code.h"
#include "native/cli/server_options.h"
#include "native/cli/stop_signals.h"
#include "native/http/log.h"

namespace terpsi::native {
namespace {

int work(const WorkOptions& options) {
  if (options.cluster.urls.empty()) {
    return fail(
        {ErrorCode::invalid_argument,
         "--cluster is missing: a worker takes renders from NATS servers; terpsi serve alone needs none"},
        kExitUsage);
  }
  set_log_level(options.log_level);
  StopSignals signals;
  auto renderer = open_renderer(options, open_models(models_folder(options.models)));
  if (!renderer) return fail(renderer.error(), kExitModel);
  auto queue = open_cluster_queue(options.cluster);
  if (!queue) return fail(queue.error(), kExitIo);
  std::printf("Terpsi makes dances on %s (Ctrl-C stops it)\n", (*renderer)->device().c_str());
  std::fflush(stdout);
  log(LogLevel::info, "started", {{"device", (*renderer)->device()}});
  {
    Worker worker(**queue, **renderer, worker_options(options));
    std::promise<void> asked;
    signals.on_stop([&] { asked.set_value(); });
    asked.get_future().wait();
    log(LogLevel::info, "stopping");
  }
  log(LogLevel::info, "stopped");
  return kExitOk;
}

}  // namespace

void add_work_command(Command& program) {
  auto options = std::make_shared<WorkOptions>();
  Command command = program.subcommand("work", "Make the dances that servers of a cluster are asked for");
  add_work_options(command, *options);
  command.layer(options->config);
  command.on_run([options, command] {
    if (auto status = command.apply_config(options->config); !status) return fail(status.error(), kExitUsage);
    return work(*options);
  });
}

}  // namespace terpsi::native
