#include "audio/live/live_bar.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace terpsi::audio;

TEST_CASE("bar: extreme input keeps it finite; no position is reported at first") {
  LiveBar bar;
  CHECK(bar.last() == 0);
  CHECK(bar.confidence() == 0);
  for (int beat = 0; beat < 40; ++beat) {
    bar.push({beat % 2 == 0 ? 1e30 : 0.0, -1e30, 0});
    CHECK((bar.confidence() >= 0 && bar.confidence() <= 1));
    CHECK((bar.last() >= 0 && bar.last() <= bar.beats_per_bar()));
  }
  bar.reset();
  CHECK(bar.last() == 0);
}

TEST_CASE("bar: low attacks and new chords tell where bars of four and of three begin") {
  for (const int size : {4, 3}) {
    CAPTURE(size);
    LiveBar bar;
    for (int beat = 0; beat < 48; ++beat) {
      const int place = (beat + 2) % size;  // 0 = downbeat
      bar.push({place == 0 ? 1.0 : 0.3, place % 2 == 1 ? 0.8 : 0.4, place == 0 ? 0.9 : 0.2});
    }
    CHECK(bar.beats_per_bar() == size);
    CHECK(bar.last() == (47 + 2) % size + 1);
    CHECK(bar.confidence() > 0.6);
  }
}

TEST_CASE("bar: beats that all sound alike give no confidence") {
  LiveBar bar;
  for (int beat = 0; beat < 40; ++beat) bar.push({0.5, 0.5, 0.5});
  CHECK(bar.confidence() < 0.1);
}
