#pragma once
// What the subcommands share: common options, and careful writing.

#include <string>
#include <string_view>

#include "base/result.h"
#include "native/cli/command_line.h"
#include "native/cli/exit_code.h"
#include "native/decode/decode.h"
#include "native/networks/generator.h"
#include "native/networks/models.h"

namespace terpsi::native {

void add_range_options(Command& command, TimeRange& range);         // --from, --to
void add_models_option(Command& command, std::string& models);      // --models
void add_listener_option(Command& command, std::string& listener);  // --listener
void add_device_option(Command& command, std::string& device);      // --device, see choose_device

// Which model, and how it is run.
struct ModelChoice {
  std::string folder, name;  // see models_folder and choose_model
  int threads = GeneratorOptions{}.threads;
};
void add_model_options(Command& command, ModelChoice& choice);  // --threads, --model, --models

// Of an error of load_model: a model that is not there by name is wrong usage, all else is about the model.
ExitCode model_exit_code(const Error& error);

// Refuses an output that would replace the input (invalid_argument) or whose folder is not there (io), before
// any work is done. Empty names and "-" are fine.
Status check_output(const std::string& output, const std::string& input);

// Writes to a file, or to standard output for "-". Errors: io.
Status write_output(const std::string& path, std::string_view text);

}  // namespace terpsi::native
