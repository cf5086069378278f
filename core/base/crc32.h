#pragma once
// CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320, as in zlib and PNG), to notice damaged files.

#include <cstddef>
#include <cstdint>
#include <span>

namespace terpsi {

// crc32("123456789") = 0xCBF43926. To continue over several pieces, pass the previous result as `crc`.
std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t crc = 0);

}  // namespace terpsi
