#pragma once
// SHA-256 (FIPS 180-4), the digest that names models.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace terpsi {

using Sha256Digest = std::array<std::uint8_t, 32>;

// Digest of bytes given in any number of pieces.
//   Sha256 sha; sha.update(a); sha.update(b); auto digest = sha.finish();
class Sha256 {
 public:
  void update(std::span<const std::uint8_t> bytes);
  Sha256Digest finish();  // call once; the object is spent afterwards

 private:
  void block(const std::uint8_t* bytes);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t total_ = 0;  // bytes
};

Sha256Digest sha256(std::span<const std::uint8_t> bytes);

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);
std::string to_hex(const Sha256Digest& digest);

// The bytes of a string.
inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace terpsi
