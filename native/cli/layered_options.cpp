#include "native/cli/layered_options.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

#include "native/io/file.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxConfigBytes = 64u << 10;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
}

Error wrong(const std::string& file, int line, const std::string& what) {
  return {ErrorCode::invalid_argument, file + ", line " + std::to_string(line) + ": " + what};
}

}  // namespace

void layer_options(CLI::App& command, std::string& config) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_lnames().empty() || option->get_lnames().front() == "help" ||
        !option->get_envname().empty())
      continue;
    std::string name = "TERPSI_" + option->get_lnames().front();
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    option->envname(name);
  }
  command.add_option("--config", config, "File of options, a line \"name = value\" each; see docs/server.md")
      ->envname("TERPSI_CONFIG");
  command.footer("The command line beats the environment, which beats the file.");
}

Status apply_config(CLI::App& command, const std::string& config) {
  if (config.empty()) return ok_status();
  const auto bytes = read_file(config, kMaxConfigBytes);
  if (!bytes) return bytes.error();
  std::istringstream lines(std::string(bytes->begin(), bytes->end()));
  std::map<CLI::Option*, std::vector<std::string>> values;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::size_t equals = line.find('=');
    const std::string name = trimmed(line.substr(0, equals));
    CLI::Option* option = equals == std::string::npos ? nullptr : command.get_option_no_throw("--" + name);
    if (option == nullptr || name == "config" || name == "help")
      return wrong(config, number, "no option of this name, or no \"=\"; terpsi serve --help lists them");
    if (option->count() > 0) continue;  // set by the command line or the environment
    values[option].push_back(trimmed(line.substr(equals + 1)));
  }
  for (const auto& [option, texts] : values) {
    try {
      for (const std::string& text : texts) option->add_result(text);
      option->run_callback();
    } catch (const CLI::Error& error) {
      return Error{ErrorCode::invalid_argument, config + ": " + error.what()};
    }
  }
  return ok_status();
}

}  // namespace terpsi::native
