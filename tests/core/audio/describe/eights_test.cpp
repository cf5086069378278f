#include "audio/describe/eights.h"

#include <doctest/doctest.h>

#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
// `bars` bars of beats half a second long.
MusicAnalysis song(int bars, int meter, std::vector<double> borders) {
  MusicAnalysis m;
  m.beats_per_bar = meter;
  for (int k = 0; k < bars * meter; ++k) {
    m.beats.push_back(0.5 * k);
    m.beat_in_bar.push_back(k % meter + 1);
  }
  m.duration = 0.5 * bars * meter;
  double start = 0;
  borders.push_back(m.duration);
  for (double end : borders) {
    m.sections.push_back({start, end, 0});
    start = end;
  }
  return m;
}
}  // namespace

TEST_CASE("eights of nothing, and of beats without bars, are none") {
  CHECK(count_eights({}).empty());
  MusicAnalysis m = song(4, 4, {});
  m.beat_in_bar.clear();
  CHECK(count_eights(m).empty());
  CHECK(eight_parity(m) == 0);
}

TEST_CASE("two bars in 4 and 3, four in 2") {
  CHECK(count_eights(song(8, 4, {})) == std::vector<double>{0, 4, 8, 12});
  CHECK(count_eights(song(8, 3, {})) == std::vector<double>{0, 3, 6, 9});
  CHECK(count_eights(song(8, 2, {})) == std::vector<double>{0, 4});
}

TEST_CASE("counting begins anew with a section; before the first it leads up to it") {
  // A section starts at bar 3 (6 s) and another at bar 6 (12 s).
  const MusicAnalysis m = song(10, 4, {6, 12});
  CHECK(count_eights(m) == std::vector<double>{2, 6, 10, 12, 16});
  CHECK(eight_parity(song(10, 4, {6})) == 1);
}
