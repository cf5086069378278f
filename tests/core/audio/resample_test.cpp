#include "audio/resample.h"

#include <doctest/doctest.h>

#include "core/audio/golden.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("resampling nothing, one sample and a constant") {
  CHECK(resample(std::vector<float>{}, 44100, 22050).empty());
  for (const float v : resample(std::vector<float>{1.0f}, 8000, 22050)) CHECK(std::isfinite(v));
  for (const int rate : {8000, 11025, 11127, 16000, 32000, 44100, 48000, 96000, 192000}) {
    const std::vector<float> out =
        resample(std::vector<float>(static_cast<std::size_t>(rate), 0.5f), rate, 22050);
    CHECK(out.size() == 22050);
    CHECK(out[11025] == doctest::Approx(0.5).epsilon(1e-5));
  }
}

TEST_CASE("resampling agrees with the direct formula within 1e-5 of full scale") {
  const std::vector<float> x = golden_signal();
  const std::span<const float> s(x);
  CHECK(worst_error(resample(s.first(3000), 44100, 22050), golden("resample_44100")) < 1e-5);
  CHECK(worst_error(resample(s.first(2000), 48000, 22050), golden("resample_48000")) < 1e-5);
  CHECK(worst_error(resample(s.first(400), 8000, 22050), golden("resample_8000")) < 1e-5);
  CHECK(worst_error(resample(s.first(300), 11127, 22050), golden("resample_11127")) <
        1e-4);  // interpolated phases
}

TEST_CASE("frequencies below the lower Nyquist limit keep their phase; those above are removed") {
  for (const int rate : {44100, 48000, 96000, 8000, 16000}) {
    CAPTURE(rate);
    const double hz = 0.3 * std::min(rate, 22050);
    const std::vector<float> kept = resample(sine(hz, 1, rate), rate, 22050), ideal = sine(hz, 1);
    double worst = 0;
    for (std::size_t n = 500; n + 500 < ideal.size(); ++n)
      worst = std::max(worst, std::abs(static_cast<double>(kept[n]) - ideal[n]));
    CHECK(worst < 1e-3);
    if (rate <= 24000) continue;
    double alias = 0;
    const std::vector<float> gone = resample(sine(13000, 1, rate), rate, 22050);
    for (std::size_t n = 500; n + 500 < gone.size(); ++n)
      alias = std::max(alias, std::abs(static_cast<double>(gone[n])));
    CHECK(alias < 5e-4);  // 60 dB below
  }
}

TEST_CASE("a stream is converted to the same samples as the whole") {
  const std::vector<float> sound = noise(20000, 9);
  for (const auto& [in, out] : {std::pair{48000, 22050},
                                {44100, 22050},
                                {22050, 22050},
                                {8000, 22050},
                                {44056, 22050},
                                {192000, 8000}}) {
    CAPTURE(in);
    const std::vector<float> whole = resample(std::span<const float>(sound), in, out);
    for (const std::size_t block : {1u, 100u, 5000u}) {
      ResampleStream stream(in, out);
      std::vector<float> got, room(stream.max_output());
      for (std::size_t at = 0; at < sound.size();) {
        const auto part = std::span<const float>(sound).subspan(at, std::min(block, sound.size() - at));
        const auto step = stream.push(part, room);
        REQUIRE(step.taken > 0);
        REQUIRE(step.written <= room.size());
        at += step.taken;
        got.insert(got.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(step.written));
      }
      const double missing = static_cast<double>(stream.delay()) * out / in + 2;
      REQUIRE(got.size() <= whole.size() + 1);
      CHECK(static_cast<double>(whole.size() - std::min(whole.size(), got.size())) <= missing);
      got.resize(std::min(got.size(), whole.size()));
      CHECK(std::equal(got.begin(), got.end(), whole.begin()));
    }
  }
}
