#include <memory>
#include <string>

#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/retarget_command.h"

namespace terpsi::native {

void add_retarget_command(CLI::App& app, int& exit_code) {
  struct Options {
    std::string in, out;
    bool lock_feet = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("retarget", "Put motion capture (NPZ with joint positions) on our skeleton");
  command->add_option("in", options->in, "NPZ with joints (T, 24, 3) and fps")->required();
  command->add_option("-o,--output", options->out, "NPZ to write: motion (T, 151), joints, bad, fps, scale")
      ->required();
  command->add_flag("--lock-feet", options->lock_feet, "Make planted feet stand still");
  command->callback([options, &exit_code] {
    if (auto refused = check_output(options->out, options->in); !refused) {
      exit_code = fail(refused.error(), kExitUsage);
      return;
    }
    const auto status = retarget_command(options->in, options->out, options->lock_feet);
    exit_code = status ? kExitOk : fail(status.error(), kExitInput);
  });
}

}  // namespace terpsi::native
