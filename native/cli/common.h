#pragma once
// What the subcommands share: common options, and careful writing.

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "native/decode/decode.h"

namespace terpsi::native {

void add_range_options(CLI::App& command, TimeRange& range);     // --from, --to
void add_models_option(CLI::App& command, std::string& models);  // --models
void add_model_options(CLI::App& command, int& threads, std::string& model,
                       std::string& models);  // --threads, --model, --models

// Refuses an output that would replace the input (invalid_argument) or whose folder is not there (io), before
// any work is done. Empty names and "-" are fine.
Status check_output(const std::string& output, const std::string& input);

// Writes to a file, or to standard output for "-". Errors: io.
Status write_output(const std::string& path, std::string_view text);

}  // namespace terpsi::native
