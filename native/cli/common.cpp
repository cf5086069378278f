#include "native/cli/common.h"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "native/io/file.h"

namespace terpsi::native {

void add_range_options(CLI::App& command, TimeRange& range) {
  command.add_option("--from", range.from, "Start of the part of the song to use, seconds")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--to", range.to, "End of the part of the song to use, seconds")
      ->check(CLI::NonNegativeNumber);
}

void add_listener_option(CLI::App& command, std::string& listener) {
  command
      .add_option("--listener", listener,
                  "Who counts the beats: classical, a beat network by name (see terpsi models), or auto: the "
                  "network where there is one")
      ->capture_default_str();
}

void add_device_option(CLI::App& command, std::string& device) {
  command
      .add_option("--device", device,
                  "Where to run the network: cuda, webgpu, cpu, or auto: the fastest (see terpsi devices)")
      ->capture_default_str();
}

void add_models_option(CLI::App& command, std::string& models) {
  command.add_option("--models", models, "Folder of the models (found beside the program by default)");
}

void add_model_options(CLI::App& command, ModelChoice& choice) {
  command.add_option("--threads", choice.threads, "Threads of the network")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command.add_option("--model", choice.name,
                     "Model by name (see terpsi models; the manifest's first by default)");
  add_models_option(command, choice.folder);
}

Result<LoadedModel> load_model(const ModelChoice& choice) {
  return load_model(models_folder(choice.folder), choice.name);
}

ExitCode model_exit_code(const Error& error) {
  return error.code == ErrorCode::invalid_argument ? kExitUsage : kExitModel;
}

CLI::Validator finite_range(double low, double high) {
  std::ostringstream range;
  range << low << " to " << high;
  const auto check = [low, high, text = range.str()](const std::string& given) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    const bool read = error == std::errc{} && end == given.data() + given.size();
    return read && value >= low && value <= high ? "" : "\"" + given + "\" is no number from " + text;
  };
  return {check, range.str()};
}

CLI::Validator whole_number() {
  const auto check = [](const std::string& given) -> std::string {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    const bool read = error == std::errc{} && end == given.data() + given.size();
    return read ? "" : "\"" + given + "\" is no whole number from 0 to 18446744073709551615";
  };
  return {check, "0 to 2^64 - 1"};
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
