// terpsi: turns a song into a dance. One executable, one subcommand for each job.

#include <unistd.h>

#include <exception>
#include <string>

#include "native/cli/commands.h"
#include "native/cli/exit_code.h"
#include "native/cli/genre_command.h"
#include "native/decode/decode_child.h"
#include "native/networks/provider_folder.h"

int main(int argc, char** argv) {
  using namespace terpsi::native;
  if (argc == 2 && argv[1] == kDecodeChildCommand) _exit(decode_child());
  enter_provider_folder(argv);
  int exit_code = kExitOk;
  try {
    CLI::App app("Terpsi turns a song into a dance.", "terpsi");
    app.set_version_flag("--version", "terpsi " TERPSI_VERSION);
    app.footer(std::string("Examples:\n  terpsi dance song.ogg -o dance.bvh\n  terpsi serve\n\n") +
               kExitCodesHelp);
    app.require_subcommand(1);
    app.fallthrough(false);
    add_dance_command(app, exit_code);
    add_serve_command(app, exit_code);
    add_work_command(app, exit_code);
    add_admin_command(app, exit_code);
    add_analyze_command(app, exit_code);
    add_evaluate_command(app, exit_code);
    add_convert_command(app, exit_code);
    add_genre_command(app, exit_code);
    add_models_command(app, exit_code);
    add_devices_command(app, exit_code);
    add_bench_command(app, exit_code);
    add_retarget_command(app, exit_code);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? kExitOk : kExitUsage;
    }
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "terpsi: not enough memory\n");
    return kExitInternal;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "terpsi: internal error: %s\n", error.what());
    return kExitInternal;
  }
  return exit_code;
}
