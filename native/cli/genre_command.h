#pragma once
// `terpsi genre`; see commands.h for what the arguments are.

#include <CLI/CLI.hpp>

namespace terpsi::native {

void add_genre_command(CLI::App& app, int& exit_code);

}  // namespace terpsi::native
