#pragma once
// The process that decodes untrusted songs: sandbox.h starts it as `terpsi decode-child` with the song as its
// standard input and a pipe for the answer as its standard output.

#include <string_view>

#include "base/result.h"

namespace terpsi::native {

inline constexpr std::string_view kDecodeChildCommand = "decode-child";

enum DecodeChildExit : int {
  kDecodeAnswered = 0,
  kDecodeNotConfined = 21,  // see confine
  kDecodeNoMemory = 22,
  kDecodeFailed = 23,  // an exception, or nobody reads the answer
};

// Gives up for good what decoding does not need: descriptors but 0 to 2, the environment, core dumps, new
// processes, memory and time beyond limits.h; last, every system call but pread of descriptor 0, write to 1
// and 2, mapping of memory that is not executable, clocks, and exit. Opening files fails (EACCES), any other
// call kills the process (SIGSYS). For a process with one thread. Errors: unsupported.
Status confine();

// Decodes standard input and writes the answer (decode_answer.h) to standard output. Returns the exit code of
// the process.
int decode_child();

}  // namespace terpsi::native
