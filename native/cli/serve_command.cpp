#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/engine/models.h"
#include "native/io/install.h"
#include "native/server/http_server.h"

namespace terpsi::native {
namespace {

int serve(ServerOptions options) {
  if (options.web.empty()) options.web = find_folder("web/dist", "index.html");
  if (options.web.empty()) options.web = "web/dist";
  // A built page has its own models, without those that only the command line uses.
  std::error_code ignored;
  const bool own = std::filesystem::exists(options.web + "/models/manifest.json", ignored);
  const bool asked = !options.models.empty() || std::getenv("TERPSI_MODELS") != nullptr;
  if (asked || !own) options.models = models_folder(options.models);

  // SIGINT and SIGTERM are taken by one thread, which stops the server; blocked before any other thread
  // begins.
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  auto server = HttpServer::open(options);
  if (!server)
    return fail(server.error(), server.error().code == ErrorCode::invalid_argument ? kExitUsage : kExitInput);
  std::printf("Terpsi is at %s (Ctrl-C stops it)\n", (*server)->url().c_str());
  std::fflush(stdout);

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&stops, &signal);
    (*server)->stop();
  });
  (*server)->run();
  pthread_kill(stopper.native_handle(), SIGTERM);  // for the case that the server ended by itself
  stopper.join();
  std::fprintf(stderr, "stopped\n");
  return kExitOk;
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServerOptions>();
  CLI::App* command =
      app.add_subcommand("serve", "Serve the page on this machine, for the browser to dance in");
  command->add_option("--host", options->host, "Address to listen on; 0.0.0.0 for every network")
      ->capture_default_str();
  command->add_option("--port", options->port, "Port to listen on; 0 for any free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command->add_option("--web", options->web,
                      "Folder of the built page (found beside the program by default)");
  add_models_option(*command, options->models);
  command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace terpsi::native
