#include "native/decode/wav.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "native/decode/decode.h"
#include "native/decode/decode_bytes.h"

using namespace terpsi;

TEST_CASE("wav: nothing, values out of range and NaN") {
  CHECK(native::wav_bytes({}).size() == 44);
  const audio::Pcm pcm{{0.f, 1.f, -1.f, 2.f, -9.f, std::numeric_limits<float>::quiet_NaN(), 0.5f}, 22050};
  const auto back = test::decode_bytes(native::wav_bytes(pcm));
  REQUIRE(back);
  const float wanted[] = {0.f, 1.f, -1.f, 1.f, -1.f, 0.f, 0.5f};
  REQUIRE(back->pcm.samples.size() == 7);
  CHECK(back->pcm.sample_rate == 22050);
  for (std::size_t i = 0; i < 7; ++i) CHECK(std::abs(back->pcm.samples[i] - wanted[i]) < 1e-4f);
}
