#pragma once
// The process that decodes the songs of strangers: sandbox.h starts it as `terpsi decode-child` with the song
// as its standard input and a pipe for the answer as its standard output.

#include <string_view>

#include "base/result.h"

namespace terpsi::native {

inline constexpr std::string_view kDecodeChildCommand = "decode-child";

enum DecodeChildExit : int {
  kDecodeAnswered = 0,
  kDecodeNotConfined = 21,  // the system cannot confine processes
  kDecodeNoMemory = 22,
  kDecodeFailed = 23,  // an exception, or nobody reads the answer
};

// Gives up, for good, all that decoding does not need: descriptors but 0 to 2, the environment, cores,
// processes, memory and time beyond limits.h; last, every system call but reading at places of descriptor 0,
// writing to 1 and 2, memory that cannot be executed, clocks, and the end. Opening files fails (EACCES),
// another call kills the process (SIGSYS). For a process with one thread. Errors: unsupported.
Status confine();

// Decodes, answers (decode_answer.h). Returns the process' exit code.
int decode_child();

}  // namespace terpsi::native
