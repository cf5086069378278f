#pragma once
// Whole numbers and marks in the bytes of files.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace terpsi {

// The `count` bytes (at most 4) from `at` on, which must exist, least significant first.
inline std::uint32_t little_endian(std::span<const std::uint8_t> bytes, std::size_t at,
                                   std::size_t count = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::uint32_t{bytes[at + i]} << (8 * i);
  return value;
}

// The four bytes from `at` on, which must exist, most significant first.
inline std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

// Whether `text` stands at `at`; false past the end.
inline bool has(std::span<const std::uint8_t> bytes, std::size_t at, std::string_view text) {
  return at <= bytes.size() && bytes.size() - at >= text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// Appends the lowest `count` bytes (at most 8), least significant first.
inline void put_little_endian(std::vector<std::uint8_t>& out, std::uint64_t value, std::size_t count = 4) {
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace terpsi
