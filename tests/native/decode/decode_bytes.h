#pragma once
// Decodes a song file that is in memory.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <span>

#include "native/decode/decode.h"
#include "native/io/descriptor.h"

namespace terpsi::test {

inline Result<native::DecodedSong> decode_bytes(std::span<const std::uint8_t> bytes,
                                                native::TimeRange range = {}) {
  const native::Descriptor file(::memfd_create("song", MFD_CLOEXEC));
  if (!file || ::write(*file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    return Error{ErrorCode::io, "no memory for a file"};
  return native::decode_file("/proc/self/fd/" + std::to_string(*file), range);
}

}  // namespace terpsi::test
