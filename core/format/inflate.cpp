#include "format/inflate.h"

#include <algorithm>
#include <array>

namespace terpsi::format {

namespace {

constexpr int kMaxBits = 15;

// Bits from the least significant end of each byte. Past the end it yields zeros and remembers.
struct BitReader {
  std::span<const std::uint8_t> bytes;
  std::size_t next = 0;
  std::uint32_t held = 0;
  int count = 0;
  bool overrun = false;

  std::uint32_t take(int bits) {
    while (count < bits) {
      std::uint32_t byte = 0;
      if (next < bytes.size())
        byte = bytes[next];
      else
        overrun = true;
      ++next;
      held |= byte << count;
      count += 8;
    }
    const std::uint32_t value = held & ((1u << bits) - 1u);
    held >>= bits;
    count -= bits;
    return value;
  }
};

// Canonical Huffman code: codes of each length in order of symbol (RFC 1951, 3.2.2).
struct Huffman {
  std::array<int, kMaxBits + 1> counts{};
  std::array<int, 320> symbols{};

  // False if the lengths describe more codes than there are.
  bool build(std::span<const std::uint8_t> lengths) {
    counts.fill(0);
    for (const std::uint8_t length : lengths) ++counts[length];
    counts[0] = 0;
    int free = 1;
    std::array<int, kMaxBits + 2> first{};
    for (std::size_t bits = 1; bits <= kMaxBits; ++bits) {
      free = 2 * free - counts[bits];
      if (free < 0) return false;
      first[bits + 1] = first[bits] + counts[bits];
    }
    for (std::size_t i = 0; i < lengths.size(); ++i)
      if (lengths[i] != 0) symbols[static_cast<std::size_t>(first[lengths[i]]++)] = static_cast<int>(i);
    return true;
  }

  // -1 where the bits are no code.
  int decode(BitReader& in) const {
    int code = 0, first = 0, index = 0;
    for (std::size_t bits = 1; bits <= kMaxBits; ++bits) {
      code |= static_cast<int>(in.take(1));
      const int count = counts[bits];
      if (code - first < count) return symbols[static_cast<std::size_t>(index + code - first)];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }
};

constexpr std::array<std::uint16_t, 29> kLengthBase = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                       15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                       67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<std::uint8_t, 29> kLengthBits = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<std::uint16_t, 30> kDistanceBase = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<std::uint8_t, 30> kDistanceBits = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                                        6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
constexpr std::array<std::uint8_t, 19> kLengthOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                       11, 4,  12, 3, 13, 2, 14, 1, 15};

bool fixed_codes(Huffman& literals, Huffman& distances) {
  std::array<std::uint8_t, 288> lengths;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    lengths[i] = static_cast<std::uint8_t>(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  std::array<std::uint8_t, 30> flat;
  flat.fill(5);
  return literals.build(lengths) && distances.build(flat);
}

bool dynamic_codes(BitReader& in, Huffman& literals, Huffman& distances) {
  const std::size_t literal_count = in.take(5) + 257, distance_count = in.take(5) + 1,
                    length_count = in.take(4) + 4;
  if (literal_count > 286 || distance_count > 30) return false;
  std::array<std::uint8_t, 19> code_lengths{};
  for (std::size_t i = 0; i < length_count; ++i)
    code_lengths[kLengthOrder[i]] = static_cast<std::uint8_t>(in.take(3));
  Huffman lengths_code;
  if (!lengths_code.build(code_lengths)) return false;
  std::array<std::uint8_t, 320> lengths{};
  const std::size_t total = literal_count + distance_count;
  for (std::size_t i = 0; i < total;) {
    const int symbol = lengths_code.decode(in);
    if (symbol < 0 || in.overrun) return false;
    if (symbol < 16) {
      lengths[i++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const std::uint8_t value = symbol == 16 ? lengths[i - 1] : std::uint8_t{0};
    const std::size_t repeat = symbol == 16   ? 3 + in.take(2)
                               : symbol == 17 ? 3 + in.take(3)
                                              : 11 + in.take(7);
    if (i + repeat > total) return false;
    for (std::size_t k = 0; k < repeat; ++k) lengths[i++] = value;
  }
  const std::span<const std::uint8_t> all(lengths);
  return lengths[256] != 0 && literals.build(all.first(literal_count)) &&
         distances.build(all.subspan(literal_count, distance_count));
}

}  // namespace

Result<std::vector<std::uint8_t>> inflate(std::span<const std::uint8_t> packed, std::size_t most) {
  const Error damaged{ErrorCode::bad_format,
                      "The compressed data are damaged or cut off; get the file again."};
  const Error too_large{ErrorCode::too_large,
                        "The compressed data unpack to more than is allowed here; use a smaller file."};
  BitReader in{packed};
  std::vector<std::uint8_t> out;
  for (bool last = false; !last;) {
    last = in.take(1) != 0;
    const std::uint32_t kind = in.take(2);
    if (in.overrun) return damaged;
    if (kind == 0) {
      in.take(in.count & 7);
      const std::uint32_t size = in.take(16), check = in.take(16);
      // take() never holds more than it was asked for and 7 bits, so at this point it holds whole bytes:
      // none.
      if (in.overrun || (size ^ check) != 0xffffu || in.count != 0 || size > packed.size() - in.next)
        return damaged;
      if (size > most - out.size()) return too_large;
      const auto begin = packed.begin() + static_cast<std::ptrdiff_t>(in.next);
      out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
      in.next += size;
      continue;
    }
    Huffman literals, distances;
    const bool built = kind == 1   ? fixed_codes(literals, distances)
                       : kind == 2 ? dynamic_codes(in, literals, distances)
                                   : false;
    if (!built) return damaged;
    for (;;) {
      const int symbol = literals.decode(in);
      if (symbol < 0 || in.overrun) return damaged;
      if (symbol == 256) break;
      if (symbol < 256) {
        if (out.size() >= most) return too_large;
        out.push_back(static_cast<std::uint8_t>(symbol));
        continue;
      }
      const auto length_code = static_cast<std::size_t>(symbol - 257);
      if (length_code >= kLengthBase.size()) return damaged;
      const std::size_t length = kLengthBase[length_code] + in.take(kLengthBits[length_code]);
      const int distance_code = distances.decode(in);
      if (distance_code < 0 || distance_code >= static_cast<int>(kDistanceBase.size())) return damaged;
      const auto d = static_cast<std::size_t>(distance_code);
      const std::size_t distance = kDistanceBase[d] + in.take(kDistanceBits[d]);
      if (in.overrun || distance > out.size()) return damaged;
      if (length > most - out.size()) return too_large;
      for (std::size_t k = 0; k < length; ++k) out.push_back(out[out.size() - distance]);
    }
  }
  return out;
}

}  // namespace terpsi::format
