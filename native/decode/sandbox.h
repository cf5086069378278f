#pragma once
// Decodes songs of strangers in a child process that can compute, read its input and write its answer, and
// nothing else (decode_child.h): whatever a broken or hostile file does to a decoder, it does it there.
// Functions may be called from any thread, many at once; each call is one child, which is gone when it
// returns.

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
  std::string program;  // the executable terpsi: kOwnProgram there, a path in programs of another name
  double seconds = limits::kDecodeSeconds;  // of the wall clock
  std::function<bool()> cancelled = {};     // asked about 20 times a second; true ends the child
};

// A sound or a MIDI file, told by content: mono at kAnalysisRate, at most 15 minutes; of MIDI also `written`.
// Values that are not finite are passed on; audio::spectral_features refuses them. Errors: those of
// decode_descriptor and score::read_midi, in the child's words; bad_format where the child broke a rule or a bound
// ("could not be decoded safely"); cancelled; io and internal where no child can be had.
Result<DecodedSong> decode_sandboxed(std::span<const std::uint8_t> bytes, const SandboxOptions& options);

// The same of a regular file that is open for reading; where it is positioned does not matter. The file may
// be unlinked already.
Result<DecodedSong> decode_sandboxed(int file, const SandboxOptions& options);

}  // namespace terpsi::native
