#include "base/random.h"

namespace terpsi {
namespace {

constexpr std::uint32_t kMul0 = 0xD2511F53u, kMul1 = 0xCD9E8D57u;    // the multipliers of [Salmon 2011]
constexpr std::uint32_t kWeyl0 = 0x9E3779B9u, kWeyl1 = 0xBB67AE85u;  // golden ratio, sqrt(3) - 1
constexpr int kRounds = 10;
constexpr float kGaussianScale = 0.0033829470f;  // 1 / sqrt(87380)

PhiloxCounter block(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b) {
  return philox4x32({a, b, static_cast<std::uint32_t>(stream), 0},
                    {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

}  // namespace

PhiloxCounter philox4x32(PhiloxCounter c, PhiloxKey key) {
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t p0 = static_cast<std::uint64_t>(kMul0) * c[0];
    const std::uint64_t p1 = static_cast<std::uint64_t>(kMul1) * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return c;
}

std::uint32_t random_bits(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b) {
  return block(seed, stream, a, b)[0];
}

float random_unit(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b) {
  return static_cast<float>(random_bits(seed, stream, a, b) >> 8) * 0x1p-24f;
}

float gaussian(std::uint64_t seed, Stream stream, std::uint32_t frame, std::uint32_t channel) {
  int sum = 0;
  for (std::uint32_t word : block(seed, stream, frame, channel)) {
    sum += static_cast<int>((word & 255u) + ((word >> 8) & 255u) + ((word >> 16) & 255u) + (word >> 24));
  }
  return static_cast<float>(sum - 2040) * kGaussianScale;
}

std::uint64_t SplitMix64::next() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace terpsi
