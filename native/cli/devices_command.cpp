#include <cstdio>

#include "native/cli/commands.h"
#include "native/cli/exit_code.h"
#include "native/networks/device.h"
#include "native/networks/provider_folder.h"

namespace terpsi::native {
namespace {

int print_devices() {
  const auto best = choose_device("auto");
  if (!best) return fail(best.error(), kExitModel);
  for (const DeviceReport& report : list_devices()) {
    std::printf("%-7s %s: %s%s\n", std::string(name_of(report.kind)).c_str(), report.name.c_str(),
                report.usable ? "usable" : "not usable", report.kind == best->kind ? ", chosen by auto" : "");
    if (!report.reason.empty()) std::printf("        %s\n", report.reason.c_str());
  }
  std::printf("ONNX Runtime %s in %s\n", onnx_runtime_version().c_str(), provider_folder().c_str());
  return kExitOk;
}

}  // namespace

void add_devices_command(Command& program) {
  Command command =
      program.subcommand("devices", "List what networks can run on here, and why not on others");
  command.on_run([] { return print_devices(); });
}

}  // namespace terpsi::native
