#include "native/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <sstream>

#include "native/cli/exit_code.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxConfigBytes = 64u << 10;

// The whole of `text` as a number.
template <class Number>
bool read(const std::string& text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// CLI::Range lets NaN pass.
CLI::Validator finite_range(double low, double high) {
  std::ostringstream range;
  range << low << " to " << high;
  const auto check = [low, high, text = range.str()](const std::string& given) -> std::string {
    double value = 0;
    return read(given, value) && value >= low && value <= high
               ? ""
               : "\"" + given + "\" is not a number from " + text;
  };
  return {check, range.str()};
}

// CLI11 cuts numbers that do not fit to those that do.
CLI::Validator unsigned_64() {
  const auto check = [](const std::string& given) -> std::string {
    std::uint64_t value = 0;
    return read(given, value) ? "" : "\"" + given + "\" is not a whole number from 0 to 18446744073709551615";
  };
  return {check, "0 to 2^64 - 1"};
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
}

Error wrong_line(const std::string& file, int line, const std::string& what) {
  return {ErrorCode::invalid_argument, file + ", line " + std::to_string(line) + ": " + what};
}

}  // namespace

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::with_default() {
  option_->capture_default_str();
  return *this;
}

Option Option::with_default(int low, int high) {
  return with_default().in_range(low, high);
}

Option Option::in_range(int low, int high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option Option::between(double low, double high) {
  option_->check(finite_range(low, high));
  return *this;
}

Option Option::not_negative() {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

Option Option::one_of(std::vector<std::string> values) {
  option_->check(CLI::IsMember(std::move(values)));
  return *this;
}

Option Option::one_of(std::vector<int> values) {
  option_->check(CLI::IsMember(std::move(values)));
  return *this;
}

Option Option::from_environment(const std::string& name) {
  option_->envname(name);
  return *this;
}

Option Option::one_value_each() {
  option_->allow_extra_args(false);
  return *this;
}

Command Command::subcommand(const std::string& name, const std::string& help) {
  return {app_->add_subcommand(name, help), exit_code_};
}

void Command::require_subcommand() {
  app_->require_subcommand(1);
}

void Command::allow_parent_options() {
  app_->fallthrough();
}

Command Command::exactly_one_of(const std::string& name) {
  return {app_->add_option_group(name)->require_option(1), exit_code_};
}

void Command::footer(const std::string& text) {
  app_->footer(text);
}

Option Command::option(const std::string& names, std::string& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, std::vector<std::string>& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, int& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, std::int64_t& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, std::uint64_t& value, const std::string& help) {
  return Option(app_->add_option(names, value, help)->check(unsigned_64()));
}

Option Command::option(const std::string& names, float& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, double& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, std::optional<float>& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::option(const std::string& names, std::optional<double>& value, const std::string& help) {
  return Option(app_->add_option(names, value, help));
}

Option Command::choice_of(const std::string& names, const std::string& help, std::vector<std::string> words,
                          std::function<void(std::size_t)> take) {
  const auto chosen = [words, take = std::move(take)](const std::string& word) {
    take(static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin()));
  };
  return Option(app_->add_option_function<std::string>(names, chosen, help)->check(CLI::IsMember(words)));
}

Option Command::flag(const std::string& names, bool& value, const std::string& help) {
  return Option(app_->add_flag(names, value, help));
}

void Command::on_run(std::function<int()> run) {
  app_->callback([run = std::move(run), exit_code = exit_code_] { *exit_code = run(); });
}

void Command::layer(std::string& config) {
  for (CLI::Option* option : app_->get_options()) {
    if (option->get_lnames().empty() || option->get_lnames().front() == "help" ||
        !option->get_envname().empty()) {
      continue;
    }
    std::string name = "TERPSI_" + option->get_lnames().front();
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    option->envname(name);
  }
  option("--config", config, "File of options, a line \"name = value\" each; see docs/server.md")
      .from_environment("TERPSI_CONFIG");
  footer("The command line beats the environment, which beats the file.");
}

Status Command::apply_config(const std::string& config) const {
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
    CLI::Option* option = equals == std::string::npos ? nullptr : app_->get_option_no_throw("--" + name);
    if (option == nullptr || name == "config" || name == "help") {
      return wrong_line(config, number,
                        "no option of this name, or no \"=\"; terpsi serve --help lists them");
    }
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

int run_command_line(int argc, char** argv, const std::string& description, const std::string& footer,
                     const std::function<void(Command&)>& add) {
  CLI::App app(description, "terpsi");
  app.set_version_flag("--version", "terpsi " TERPSI_VERSION);
  app.footer(footer);
  app.require_subcommand(1);
  app.fallthrough(false);
  int exit_code = kExitOk;
  Command program(&app, &exit_code);
  add(program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return exit_code;
}

}  // namespace terpsi::native
