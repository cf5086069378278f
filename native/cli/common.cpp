#include "native/cli/common.h"

#include <cstdio>
#include <filesystem>

#include "native/io/file.h"

namespace terpsi::native {

void add_range_options(CLI::App& command, TimeRange& range) {
  command.add_option("--from", range.from, "Start of the part of the song to use, seconds")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--to", range.to, "End of the part of the song to use, seconds")
      ->check(CLI::NonNegativeNumber);
}

void add_models_option(CLI::App& command, std::string& models) {
  command.add_option("--models", models, "Folder of the models (found beside the program by default)");
}

void add_model_options(CLI::App& command, int& threads, std::string& model, std::string& models) {
  command.add_option("--threads", threads, "Threads of the network")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command.add_option("--model", model, "Model by name (the manifest's first by default)");
  add_models_option(command, models);
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
