#pragma once
// Decodes untrusted songs in a child process that can compute, read its input and write its answer, and
// nothing else (decode_child.h): whatever a broken or hostile file does to a decoder, it does there. May be
// called from any thread, many at once; each call is one child process, which has ended when it returns.

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "native/decode/decode.h"

namespace terpsi::native {

inline constexpr const char* kOwnProgram = "/proc/self/exe";

struct SandboxOptions {
  std::string program;                      // terpsi: kOwnProgram inside it, its path in other programs
  double seconds = limits::kDecodeSeconds;  // of the wall clock
  std::function<bool()> cancelled = {};     // polled about 20 times a second; true kills the child
};

// A sound or a MIDI file, recognised by content: mono at kAnalysisRate, at most 15 minutes; of MIDI also
// `written`. Values that are not finite are passed on; audio::spectral_features refuses them. Errors: those
// of decode_descriptor and score::read_midi, in the child's words; bad_format where the child broke a rule or
// exceeded a limit ("could not be decoded safely"); cancelled; io and internal where no child can be started.
Result<DecodedSong> decode_sandboxed(std::span<const std::uint8_t> bytes, const SandboxOptions& options);

// The same for a regular file that is open for reading, at any position; it may be unlinked already.
Result<DecodedSong> decode_sandboxed(int file, const SandboxOptions& options);

}  // namespace terpsi::native
