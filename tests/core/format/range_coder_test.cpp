#include "format/range_coder.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/random.h"

using namespace terpsi::format;
using terpsi::random_bits;
using terpsi::Stream;

namespace {

std::uint32_t draw(std::uint32_t i) {
  return random_bits(11, Stream::motion, i, 0);
}

}  // namespace

TEST_CASE("range decoder: no bytes, or noise, decode to something and say that they ran out") {
  RangeDecoder none({});
  BitModel model;
  for (int i = 0; i < 100; ++i) none.bit(model);
  CHECK(none.overrun());
  std::vector<std::uint8_t> noise(1000);
  for (std::uint32_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>(draw(i));
  RangeDecoder decoder(noise);
  IntegerModel integers;
  for (int i = 0; i < 20000; ++i)
    CHECK_UNARY(std::abs(decode_integer(decoder, integers)) <= IntegerModel::kLargest);
  CHECK(decoder.overrun());
}

TEST_CASE("range coder: bits, raw values and integers come back; every byte is used") {
  std::vector<std::int32_t> values = {0, 1, -1, 11, 12, 13, 14, -15, 100, -100000, 1 << 24, -(1 << 24)};
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const auto v = static_cast<std::int32_t>(draw(i) >> (12 + draw(i + 7000) % 20));
    values.push_back(draw(i + 9000) & 1u ? -v : v);
  }
  RangeEncoder encoder;
  IntegerModel model;
  BitModel bit;
  for (std::size_t i = 0; i < values.size(); ++i) {
    encode_integer(encoder, model, values[i]);
    encoder.raw(static_cast<std::uint32_t>(i) & 0x3FFu, 10);
    encoder.bit(i % 9 == 0, bit);
  }
  const std::vector<std::uint8_t> bytes = encoder.finish();
  RangeDecoder decoder(bytes);
  model = {};
  bit = {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK_UNARY(decode_integer(decoder, model) == values[i]);
    CHECK_UNARY(decoder.raw(10) == (i & 0x3FFu));
    CHECK_UNARY(decoder.bit(bit) == (i % 9 == 0));
  }
  CHECK_FALSE(decoder.overrun());
  CHECK(decoder.at_end());
}

TEST_CASE("range coder: rare bits cost little") {
  RangeEncoder encoder;
  BitModel model;
  for (std::uint32_t i = 0; i < 100000; ++i) encoder.bit(draw(i) % 100 == 0, model);
  const double bits = static_cast<double>(encoder.finish().size()) * 8 / 100000;
  CHECK(bits < 0.09);  // entropy of 1 %: 0.081
}

TEST_CASE("range coder: carries run through") {
  RangeEncoder encoder;
  BitModel model;
  std::vector<bool> sent;
  for (std::uint32_t i = 0; i < 200000; ++i) {
    sent.push_back(draw(i) % 4000 != 0);
    encoder.bit(sent.back(), model);
  }
  const std::vector<std::uint8_t> bytes = encoder.finish();
  RangeDecoder decoder(bytes);
  model = {};
  bool same = true;
  for (const bool b : sent) same = same && decoder.bit(model) == b;
  CHECK(same);
}
