// Reads arbitrary bytes as a dance file, as they are and with the checksum put right; what is read must be
// writable again.

#include <cstdlib>
#include <vector>

#include "base/crc32.h"
#include "format/dance_file.h"

namespace {

void try_to_read(std::span<const std::uint8_t> bytes) {
  const auto dance = terpsi::format::read_dance(bytes);
  if (!dance.ok()) return;
  for (const auto& frame : dance->clip.frames) {
    if (!frame.root.allFinite()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_to_read({data, size});
  if (size < 4) return 0;
  std::vector<std::uint8_t> sealed(data, data + size);
  const std::uint32_t crc = terpsi::crc32(std::span(sealed).first(size - 4));
  for (std::size_t i = 0; i < 4; ++i) sealed[size - 4 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  try_to_read(sealed);
  return 0;
}
