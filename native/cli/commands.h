#pragma once
// The subcommands of terpsi. Each function adds one with its options.

#include "native/cli/command_line.h"

namespace terpsi::native {

void add_admin_command(Command& program);
void add_analyze_command(Command& program);
void add_bench_command(Command& program);
void add_convert_command(Command& program);
void add_dance_command(Command& program);
void add_devices_command(Command& program);
void add_evaluate_command(Command& program);
void add_genre_command(Command& program);
void add_models_command(Command& program);
void add_retarget_command(Command& program);
void add_serve_command(Command& program);
void add_work_command(Command& program);

// All of them, in the order of --help.
inline void add_commands(Command& program) {
  add_dance_command(program);
  add_serve_command(program);
  add_work_command(program);
  add_admin_command(program);
  add_analyze_command(program);
  add_evaluate_command(program);
  add_convert_command(program);
  add_genre_command(program);
  add_models_command(program);
  add_devices_command(program);
  add_bench_command(program);
  add_retarget_command(program);
}

}  // namespace terpsi::native
