#pragma once
// Subcommands and their options, bound to plain variables. Only command_line.cpp knows CLI11, which parses them:
// a file that includes it takes ten seconds to compile.
//
//   struct BenchOptions { std::string song; int runs = 5; };
//   auto options = std::make_shared<BenchOptions>();
//   Command command = program.subcommand("bench", "Measure analysis and generation");
//   command.option("song", options->song, "Song file").required();
//   command.option("--runs", options->runs, "Runs to take the median of").with_default().in_range(1, 1000);
//   command.on_run([options] { return bench(*options); });

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace terpsi::native {

// An option or positional argument. Each call returns the option itself. The variables that options are bound to must
// outlive the parsing.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required();
  Option with_default();                           // --help shows the value that the variable has now
  Option with_default(int low, int high);          // also refuses what is not in this range
  Option in_range(int low, int high);              // inclusive
  Option between(double low, double high);         // inclusive; refuses NaN
  Option not_negative();                           // 0 or more
  Option one_of(std::vector<std::string> values);  // refuses others
  Option one_of(std::vector<int> values);
  Option from_environment(const std::string& name);  // read where the command line does not give the option
  Option one_value_each();                           // of a list: --set A --set B, not --set A B

 private:
  CLI::Option* option_;
};

class Command {
 public:
  Command(CLI::App* app, int* exit_code) : app_(app), exit_code_(exit_code) {}

  Command subcommand(const std::string& name, const std::string& help);
  void require_subcommand();
  // Options of the parent may come after those of the subcommand; before subcommand() is called.
  void allow_parent_options();
  // Exactly one of the options that are added to what is returned must be given.
  Command exactly_one_of(const std::string& name);
  void footer(const std::string& text);

  // Names: "song" is positional, "-o,--output" an option. A list takes every value that is given.
  Option option(const std::string& names, std::string& value, const std::string& help);
  Option option(const std::string& names, std::vector<std::string>& value, const std::string& help);
  Option option(const std::string& names, int& value, const std::string& help);
  Option option(const std::string& names, std::int64_t& value, const std::string& help);
  Option option(const std::string& names, std::uint64_t& value, const std::string& help);  // 0 to 2^64 - 1
  Option option(const std::string& names, float& value, const std::string& help);
  Option option(const std::string& names, double& value, const std::string& help);
  Option option(const std::string& names, std::optional<float>& value, const std::string& help);
  Option option(const std::string& names, std::optional<double>& value, const std::string& help);

  // One of the names of `choices`; others are refused.
  template <class Value>
  Option choice(const std::string& names, Value& value,
                const std::vector<std::pair<std::string, Value>>& choices, const std::string& help) {
    std::vector<std::string> words;
    for (const auto& [word, meaning] : choices) words.push_back(word);
    return choice_of(names, help, std::move(words),
                     [&value, choices](std::size_t i) { value = choices[i].second; });
  }

  // "--json" sets `value`; "!--no-ending" clears it.
  Option flag(const std::string& names, bool& value, const std::string& help);

  // What the subcommand does; its answer is the exit code.
  void on_run(std::function<int()> run);

  // Lets every option that is there already (--some-thing) be set by the environment as TERPSI_SOME_THING, and adds
  // --config FILE. The command line beats the environment, which beats the file.
  void layer(std::string& config);
  // Sets what neither the command line nor the environment has set from a file: lines "some-thing = value", # begins a
  // comment, one line for each value of a list. Errors: not_found, io, too_large, invalid_argument naming the line.
  Status apply_config(const std::string& config) const;

 private:
  Option choice_of(const std::string& names, const std::string& help, std::vector<std::string> words,
                   std::function<void(std::size_t)> take);

  CLI::App* app_;
  int* exit_code_;
};

// Runs the subcommand that the arguments name. `add` adds the subcommands. Returns the exit code.
int run_command_line(int argc, char** argv, const std::string& description, const std::string& footer,
                     const std::function<void(Command&)>& add);

}  // namespace terpsi::native
