#pragma once
// Options of programs that run for long: the command line beats the environment, which beats a file.

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"

namespace terpsi::native {

// Lets every option of `command` that is there already (--some-thing) be set by the environment as
// TERPSI_SOME_THING, and adds --config FILE.
void layer_options(CLI::App& command, std::string& config);

// Sets what neither the command line nor the environment has set: lines "some-thing = value", # begins a
// comment, a line for each value of options that take several. Errors: not_found, io, too_large, and
// invalid_argument naming the line.
Status apply_config(CLI::App& command, const std::string& config);

}  // namespace terpsi::native
