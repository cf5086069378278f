// terpsi: turns a song into a dance. One executable, one subcommand for each job.

#include <unistd.h>

#include <exception>
#include <string>

#include "native/cli/command_line.h"
#include "native/cli/commands.h"
#include "native/cli/exit_code.h"
#include "native/decode/decode_child.h"
#include "native/networks/provider_folder.h"

int main(int argc, char** argv) {
  using namespace terpsi::native;
  if (argc == 2 && argv[1] == kDecodeChildCommand) _exit(decode_child());
  enter_provider_folder(argv);
  try {
    return run_command_line(
        argc, argv, "Terpsi turns a song into a dance.",
        std::string("Examples:\n  terpsi dance song.ogg -o dance.bvh\n  terpsi serve\n\n") + kExitCodesHelp,
        add_commands);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "terpsi: not enough memory\n");
    return kExitInternal;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "terpsi: internal error: %s\n", error.what());
    return kExitInternal;
  }
}
