#include "audio/hear/chroma.h"

#include <doctest/doctest.h>

#include "core/audio/golden.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

TEST_CASE("chroma of nothing and of silence is zero") {
  CHECK(chroma({}, 0).empty());
  CHECK(chroma({}, 3) == std::vector<float>(36, 0.0f));
  CHECK(chroma(std::vector<float>(22050, 0.0f), 30) == std::vector<float>(360, 0.0f));
}

TEST_CASE("chroma agrees with the matrix product within 1e-4") {
  CHECK(worst_error(chroma(golden_signal(), 24), golden("chroma")) < 1e-4);
}

TEST_CASE("a note sounds in its own class, in every octave") {
  for (int midi = 52; midi < 90; ++midi) {
    CAPTURE(midi);
    const std::vector<float> c = chroma(sine(440 * std::exp2((midi - 69) / 12.0), 1), 30);
    const auto row = c.begin() + 15 * kChromaClasses;
    CHECK(std::max_element(row, row + kChromaClasses) - row == midi % 12);
  }
}
