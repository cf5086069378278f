#pragma once
// Runs the built executable.

#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "source_path.h"

namespace terpsi::test {

struct Ran {
  int exit_code;       // -1 when it was killed by a signal
  std::string output;  // standard output and standard error
};

// `arguments` and `environment` (A=1 B=2) go through the shell; quote names yourself.
inline Ran run_terpsi(const std::string& arguments, const std::string& environment = {}) {
  const std::string command = environment + " TERPSI_MODELS='" + terpsi::project::source_path("models") +
                              "' '" + terpsi::project::executable_path() + "' " + arguments +
                              " 2>&1 </dev/null";
  Ran ran{-1, {}};
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  char block[4096];
  for (std::size_t got = 0; (got = fread(block, 1, sizeof block, pipe)) > 0;) ran.output.append(block, got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

}  // namespace terpsi::test
