#include "native/cli/common.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "native/io/file.h"

namespace terpsi::native {

void add_range_options(Command& command, TimeRange& range) {
  command.option("--from", range.from, "Start of the part of the song to use, seconds").not_negative();
  command.option("--to", range.to, "End of the part of the song to use, seconds").not_negative();
}

void add_listener_option(Command& command, std::string& listener) {
  command
      .option("--listener", listener,
              "Who counts the beats: classical, a beat network by name (see terpsi models), or auto: the "
              "network where there is one")
      .with_default();
}

void add_device_option(Command& command, std::string& device) {
  command
      .option("--device", device,
              "Where to run the network: cuda, webgpu, cpu, or auto: the fastest (see terpsi devices)")
      .with_default();
}

void add_models_option(Command& command, std::string& models) {
  command.option("--models", models, "Folder of the models (found beside the program by default)");
}

void add_model_options(Command& command, ModelChoice& choice) {
  command.option("--threads", choice.threads, "Threads of the network").with_default(1, 256);
  command.option("--model", choice.name,
                 "Model by name (see terpsi models; the manifest's first by default)");
  add_models_option(command, choice.folder);
}

ExitCode model_exit_code(const Error& error) {
  return error.code == ErrorCode::invalid_argument ? kExitUsage : kExitModel;
}

Status check_output(const std::string& output, const std::string& input) {
  if (output.empty() || output == "-") return ok_status();
  const std::filesystem::path folder = std::filesystem::path(output).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
    return Error{ErrorCode::io, "cannot write " + output + ": there is no folder " + folder.string()};
  }
  if (!same_file(output, input)) return ok_status();
  return Error{ErrorCode::invalid_argument,
               "\"" + output + "\" is the input itself; choose another name for the output"};
}

Status write_output(const std::string& path, std::string_view text) {
  if (path != "-") return write_file(path, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return Error{ErrorCode::io, "cannot write to standard output"};
  }
  return ok_status();
}

}  // namespace terpsi::native
