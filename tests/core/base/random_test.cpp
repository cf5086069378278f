#include "base/random.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace terpsi;

TEST_CASE("philox4x32-10: the published known answers") {
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) ==
        PhiloxCounter{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u});
  CHECK(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        PhiloxCounter{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu});
  CHECK(philox4x32({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, {0xa4093822u, 0x299f31d0u}) ==
        PhiloxCounter{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u});
}

TEST_CASE("gaussian: moments") {
  double m1 = 0, m2 = 0, m4 = 0, lag = 0, previous = 0;
  constexpr int kFrames = 2000, kChannels = 151;
  for (std::uint32_t f = 0; f < kFrames; ++f) {
    for (std::uint32_t c = 0; c < kChannels; ++c) {
      const double g = gaussian(42, Stream::motion, f, c);
      CHECK_UNARY(std::abs(g) < 7.0);
      m1 += g, m2 += g * g, m4 += g * g * g * g, lag += g * previous;
      previous = g;
    }
  }
  const double n = kFrames * kChannels;
  CHECK(m1 / n == doctest::Approx(0).epsilon(0.01).scale(1));
  CHECK(m2 / n == doctest::Approx(1).epsilon(0.01));
  CHECK(m4 / n - 3 == doctest::Approx(-0.075).epsilon(0.05).scale(1));
  CHECK(lag / n == doctest::Approx(0).epsilon(0.01).scale(1));
}

TEST_CASE("noise: a function of seed, stream, frame and channel, and of nothing else") {
  CHECK(gaussian(7, Stream::motion, 3, 5) == gaussian(7, Stream::motion, 3, 5));
  int same = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    same += gaussian(7, Stream::motion, i, 5) == gaussian(8, Stream::motion, i, 5);
    same += gaussian(7, Stream::motion, i, 5) == gaussian(7, Stream::phrases, i, 5);
    same += gaussian(7ull << 32, Stream::motion, i, 5) == gaussian(7, Stream::motion, i, 5);
    same += gaussian(7, Stream::motion, i, 5) == gaussian(7, Stream::motion, 5, i);
  }
  CHECK(same < 12);  // the 4081 values collide now and then by chance
  for (std::uint32_t i = 0; i < 100; ++i) {
    const float u = random_unit(1, Stream::style, i, 0);
    CHECK(u >= 0.f);
    CHECK(u < 1.f);
  }
}

TEST_CASE("SplitMix64: the published sequence of seed 1234567") {
  SplitMix64 random(1234567);
  for (const std::uint64_t expected :
       {6457827717110365317ull, 3203168211198807973ull, 9817491932198370423ull})
    CHECK(random.next() == expected);
  for (int i = 0; i < 1000; ++i) {
    const int n = random.below(7);
    CHECK_UNARY(n >= 0 && n < 7);
    const float noise = random.noise();
    CHECK_UNARY(noise >= -1.f && noise < 1.f);
  }
}
