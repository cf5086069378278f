#pragma once
// Counter-based random numbers, the same bits on every machine: Philox4x32-10 [Salmon 2011]. There is no
// state: value = f(seed, counter), so that overlapping windows see the same noise and a dance can be resumed
// anywhere.

#include <array>
#include <cstdint>

namespace terpsi {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key);

// What a number is drawn for; different streams of one seed are independent.
enum class Stream : std::uint32_t { motion = 0, phrases = 1, style = 2, candidates = 3 };

// Uniform integer 0 .. 2^32 - 1.
std::uint32_t random_bits(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b);

// Uniform in [0, 1), a multiple of 2^-24.
float random_unit(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b);

// Approximately normal, mean 0: the sum of the 16 bytes of one Philox block, less its mean 2040, times
// 1/sqrt(87380). Variance 1 (16 (256^2 - 1) / 12 = 87380), excess kurtosis -0.075, largest magnitude 6.9.
// Integer until the last multiplication, so bit-identical everywhere.
float gaussian(std::uint64_t seed, Stream stream, std::uint32_t frame, std::uint32_t channel);

// Random numbers one after the other, for what is made in order: SplitMix64 [Steele 2014], in integers, so the
// same on every machine.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  int below(int n) { return static_cast<int>((next() >> 33) % static_cast<std::uint64_t>(n)); }  // 0 to n - 1
  float noise() { return static_cast<float>(next() >> 40) / 8388608.0f - 1.0f; }                 // -1 to 1

 private:
  std::uint64_t state_;
};

}  // namespace terpsi
