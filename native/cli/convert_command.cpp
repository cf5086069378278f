#include <memory>
#include <string>

#include "format/export_table.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/io/dance_files.h"

namespace terpsi::native {
namespace {

int convert(const std::string& in, const std::string& out) {
  if (auto status = check_output(out, in); !status) return fail(status.error(), kExitUsage);
  if (auto status = check_dance_path(out); !status) return fail(status.error(), kExitUsage);
  const auto dance = load_dance(in);
  if (!dance) return fail(dance.error(), kExitInput);
  const auto status = save_dance(out, *dance);
  return status ? kExitOk : fail(status.error(), kExitInput);
}

}  // namespace

void add_convert_command(Command& program) {
  struct ConvertOptions {
    std::string in, out;
  };
  auto options = std::make_shared<ConvertOptions>();
  Command command = program.subcommand("convert", "Turn a dance file into another kind");
  command.option("dance", options->in, "Dance to read: " + format::extension_list(true)).required();
  command.option("-o,--output", options->out, "Dance to write: " + format::extension_list()).required();
  command.on_run([options] { return convert(options->in, options->out); });
}

}  // namespace terpsi::native
