#pragma once
// A small adaptive binary range coder [Martin 1979]: each bit costs about its information content under a
// probability that is learned along the way. Integers are coded bit by bit, each bit with its own BitModel.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace terpsi::format {

// Probability that a bit is 0, as the mean of a quick and a slow estimate, 16 bits each.
struct BitModel {
  std::uint16_t quick = 0x8000, slow = 0x8000;

  // Of 4096, 1 to 4095.
  std::uint32_t p0() const {
    const std::uint32_t p = (static_cast<std::uint32_t>(quick) + slow) >> 5;
    return p < 1 ? 1 : p > 4095 ? 4095 : p;
  }
  void learn(bool bit) {
    quick = static_cast<std::uint16_t>(bit ? quick - (quick >> 4) : quick + ((0xFFFF - quick) >> 4));
    slow = static_cast<std::uint16_t>(bit ? slow - (slow >> 7) : slow + ((0xFFFF - slow) >> 7));
  }
};

class RangeEncoder {
 public:
  void bit(bool value, BitModel& model);
  void raw(std::uint32_t value, int bits);  // equal chances; lowest `bits` bits, at most 31
  std::vector<std::uint8_t> finish();       // call once

 private:
  void shift();

  std::uint64_t low_ = 0;
  std::uint32_t range_ = 0xFFFFFFFFu;
  std::uint8_t held_ = 0;         // last byte, waiting for a carry
  std::uint64_t held_count_ = 0;  // it and the 0xFF bytes after it
  std::vector<std::uint8_t> out_;
};

// Reading past the end yields zero bits and sets overrun(); nothing else can go wrong.
class RangeDecoder {
 public:
  explicit RangeDecoder(std::span<const std::uint8_t> bytes);
  bool bit(BitModel& model);
  std::uint32_t raw(int bits);
  bool overrun() const { return overrun_; }
  bool at_end() const { return position_ >= bytes_.size(); }  // every byte was used

 private:
  std::uint8_t byte();

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  std::uint32_t range_ = 0xFFFFFFFFu, code_ = 0;
  bool overrun_ = false;
};

// Models of a signed integer: zero? sign, magnitude in unary up to kUnary, the rest Exp-Golomb. Magnitudes up
// to 2^24.
struct IntegerModel {
  static constexpr int kUnary = 12;
  static constexpr std::int32_t kLargest = 1 << 24;
  BitModel zero;
  std::array<BitModel, kUnary> unary;
  std::array<BitModel, 32> exponent;
};

void encode_integer(RangeEncoder& coder, IntegerModel& model, std::int32_t value);  // |value| <= kLargest
std::int32_t decode_integer(RangeDecoder& coder, IntegerModel& model);

}  // namespace terpsi::format
