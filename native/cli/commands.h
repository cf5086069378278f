#pragma once
// The subcommands of terpsi. Each function adds one with its options; running it sets `exit_code` (see
// exit_code.h).

#include <CLI/CLI.hpp>

namespace terpsi::native {

void add_admin_command(CLI::App& app, int& exit_code);
void add_analyze_command(CLI::App& app, int& exit_code);
void add_bench_command(CLI::App& app, int& exit_code);
void add_convert_command(CLI::App& app, int& exit_code);
void add_dance_command(CLI::App& app, int& exit_code);
void add_devices_command(CLI::App& app, int& exit_code);
void add_evaluate_command(CLI::App& app, int& exit_code);
void add_models_command(CLI::App& app, int& exit_code);
void add_retarget_command(CLI::App& app, int& exit_code);
void add_serve_command(CLI::App& app, int& exit_code);
void add_work_command(CLI::App& app, int& exit_code);

}  // namespace terpsi::native
