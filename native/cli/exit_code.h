#pragma once
// What the program's exit code says. Also printed by `terpsi --help`.

#include <cstdio>

#include "base/result.h"

namespace terpsi::native {

enum ExitCode : int {
  kExitOk = 0,
  kExitInternal = 1,     // a bug; please report it
  kExitUsage = 2,        // an option is wrong
  kExitInput = 3,        // the song, dance or other input cannot be used
  kExitModel = 4,        // the model or device cannot be used
  kExitIo = 5,           // a file cannot be read or written, or the port is taken
  kExitDamaged = 6,      // done, but the song (only its readable part was used) or a kept dance is damaged
  kExitCancelled = 130,  // stopped by Ctrl-C
};

inline constexpr const char* kExitCodesHelp =
    "Exit codes: 0 done, 1 internal error, 2 wrong usage, 3 the input cannot be used, 4 the model or device "
    "cannot be used, 5 a file or port cannot be used, 6 done with the readable part of a damaged song, or "
    "kept "
    "dances are damaged, 130 stopped by Ctrl-C.";

// Prints the error to stderr. `otherwise` is the exit code of errors that say nothing special about the
// cause.
inline int fail(const Error& error, ExitCode otherwise) {
  std::fprintf(stderr, "terpsi: %s\n", error.message.c_str());
  switch (error.code) {
    case ErrorCode::io:
      return kExitIo;
    case ErrorCode::cancelled:
      return kExitCancelled;
    case ErrorCode::internal:
      return otherwise == kExitModel ? kExitModel : kExitInternal;
    default:
      return otherwise;
  }
}

}  // namespace terpsi::native
