#include "format/range_coder.h"

#include <algorithm>
#include <cstdlib>

namespace terpsi::format {
namespace {

constexpr std::uint32_t kTop = 1u << 24;

}  // namespace

void RangeEncoder::shift() {
  const bool carry = low_ > 0xFFFFFFFFu;
  if (held_count_ == 0 || carry || low_ < 0xFF000000u) {
    const std::uint8_t add = carry ? 1 : 0;
    for (std::uint8_t next = held_; held_count_ > 0; --held_count_) {
      out_.push_back(static_cast<std::uint8_t>(next + add));
      next = 0xFF;
    }
    held_ = static_cast<std::uint8_t>(low_ >> 24);
  }
  ++held_count_;
  low_ = (low_ & 0x00FFFFFFu) << 8;
}

void RangeEncoder::bit(bool value, BitModel& model) {
  const std::uint32_t bound = (range_ >> 12) * model.p0();
  if (value) {
    low_ += bound;
    range_ -= bound;
  } else {
    range_ = bound;
  }
  model.learn(value);
  while (range_ < kTop) {
    range_ <<= 8;
    shift();
  }
}

void RangeEncoder::raw(std::uint32_t value, int bits) {
  for (int i = bits - 1; i >= 0; --i) {
    range_ >>= 1;
    if ((value >> i) & 1u) low_ += range_;
    while (range_ < kTop) {
      range_ <<= 8;
      shift();
    }
  }
}

std::vector<std::uint8_t> RangeEncoder::finish() {
  for (int i = 0; i < 5; ++i) shift();
  return std::move(out_);
}

RangeDecoder::RangeDecoder(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
  for (int i = 0; i < 4; ++i) code_ = (code_ << 8) | byte();
}

std::uint8_t RangeDecoder::byte() {
  if (position_ < bytes_.size()) return bytes_[position_++];
  overrun_ = true;
  return 0;
}

bool RangeDecoder::bit(BitModel& model) {
  const std::uint32_t bound = (range_ >> 12) * model.p0();
  const bool value = code_ >= bound;
  if (value) {
    code_ -= bound;
    range_ -= bound;
  } else {
    range_ = bound;
  }
  model.learn(value);
  while (range_ < kTop) {
    range_ <<= 8;
    code_ = (code_ << 8) | byte();
  }
  return value;
}

std::uint32_t RangeDecoder::raw(int bits) {
  std::uint32_t value = 0;
  for (int i = 0; i < bits; ++i) {
    range_ >>= 1;
    const bool one = code_ >= range_;
    if (one) code_ -= range_;
    value = (value << 1) | (one ? 1u : 0u);
    while (range_ < kTop) {
      range_ <<= 8;
      code_ = (code_ << 8) | byte();
    }
  }
  return value;
}

void encode_integer(RangeEncoder& coder, IntegerModel& model, std::int32_t value) {
  coder.bit(value != 0, model.zero);
  if (value == 0) return;
  coder.raw(value < 0 ? 1u : 0u, 1);
  auto rest = static_cast<std::uint32_t>(std::min(std::abs(value), IntegerModel::kLargest)) - 1;
  for (BitModel& more : model.unary) {
    coder.bit(rest > 0, more);
    if (rest == 0) return;
    --rest;
  }
  ++rest;  // Exp-Golomb: as many bits as rest + 1 has, in unary, then those bits without the first
  int bits = 0;
  while ((rest >> (bits + 1)) != 0) ++bits;
  for (int i = 0; i < bits; ++i) coder.bit(true, model.exponent[static_cast<std::size_t>(i)]);
  coder.bit(false, model.exponent[static_cast<std::size_t>(bits)]);
  coder.raw(rest & ((1u << bits) - 1u), bits);
}

std::int32_t decode_integer(RangeDecoder& coder, IntegerModel& model) {
  if (!coder.bit(model.zero)) return 0;
  const bool negative = coder.raw(1) != 0;
  std::uint32_t magnitude = 1;
  bool more = true;
  for (std::size_t i = 0; i < model.unary.size() && more; ++i) {
    more = coder.bit(model.unary[i]);
    if (more) ++magnitude;
  }
  if (more) {
    int bits = 0;
    while (bits < 25 && coder.bit(model.exponent[static_cast<std::size_t>(bits)])) ++bits;
    magnitude += ((1u << bits) | coder.raw(bits)) - 1u;
  }
  const auto value =
      static_cast<std::int32_t>(std::min(magnitude, static_cast<std::uint32_t>(IntegerModel::kLargest)));
  return negative ? -value : value;
}

}  // namespace terpsi::format
