#include "score/listen.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "audio/describe/features.h"
#include "core/score/analyze_score.h"
#include "core/score/midi_writer.h"
#include "score/midi_file.h"
#include "score/render.h"

using namespace terpsi;
using namespace terpsi::score;
using namespace terpsi::score::testing;

namespace {

// Eight bars of 6/8 or 4/4 with bass, chords and drums; a quarter lasts `microseconds`.
Score band(int numerator, int power, int microseconds, int division = 480) {
  Track map, drums, bass;
  map.tempo(0, microseconds).signature(0, numerator, power).end();
  const int unit = 480 * 4 >> power;
  std::uint32_t rest = 0;
  for (int i = 0; i < 12 * numerator; ++i) {
    const bool down = i % numerator == 0;
    drums.on(rest, 9, down ? 36 : 42).off(60, 9, down ? 36 : 42);
    if (down)
      bass.on(0, 1, 40 + 5 * (i / numerator % 2))
          .off(static_cast<std::uint32_t>(unit * numerator), 1, 40 + 5 * (i / numerator % 2));
    rest = static_cast<std::uint32_t>(unit) - 60;
  }
  const auto score = read_midi(file(1, division, {map, drums.end(), bass.end()}));
  REQUIRE(score.ok());
  return *score;
}

}  // namespace

TEST_CASE("silence and short sounds are refused as for any song") {
  audio::Pcm pcm;
  CHECK(!analyze_score({}, pcm).ok());
  pcm.samples.assign(50000, 0.0f);
  CHECK(!analyze_score({}, pcm).ok());
}

TEST_CASE("beats and bars are the score's, to the last bit; tables are whole") {
  struct Case {
    int numerator, power, per_bar;
  };
  for (const auto& [numerator, power, per_bar] :
       {Case{4, 2, 4}, Case{3, 2, 3}, Case{6, 3, 2}, Case{5, 2, 5}, Case{7, 3, 3}}) {
    const Score score = band(numerator, power, 512345);
    const auto music = analyze_score(score, render(score));
    REQUIRE(music.ok());
    const audio::Metre metre = score_metre(score, music->duration);
    CHECK(music->beats == metre.beats);
    CHECK(music->beat_in_bar == metre.beat_in_bar);
    CHECK(music->beats_per_bar == per_bar);
    CHECK(music->beat_confidence == 1);
    CHECK(music->beats.front() == 0);
    CHECK(music->beats.back() > music->duration - 1.5);
    REQUIRE(music->features.size() == music->frames * audio::FeatureLayout::kColumns);
    for (const float v : music->features) REQUIRE(std::isfinite(v));
    // The bar's phase is 0 on downbeats: cosine 1.
    for (std::size_t k = 0; k + 1 < metre.beats.size(); ++k) {
      if (metre.beat_in_bar[k] != 1) continue;
      const auto frame = static_cast<std::size_t>(std::lround(metre.beats[k] * 30));
      CHECK(music->features[frame * audio::FeatureLayout::kColumns + audio::FeatureLayout::kBarPhase + 1] >
            0.97f);
    }
  }
}

TEST_CASE("onsets of the rendered sound are on the written beats") {
  const Score score = band(4, 2, 500000);
  const auto music = analyze_score(score, render(score));
  REQUIRE(music.ok());
  double on = 0, between = 0;
  for (std::size_t k = 4; k + 4 < music->beats.size(); ++k) {
    const auto frame = static_cast<std::size_t>(std::lround(music->beats[k] * 30));
    on += static_cast<double>(music->onset[frame]);
    between += static_cast<double>(music->onset[frame + 8]);
  }
  CHECK(on > 10 * between);
}

TEST_CASE("a part of a song has the beats of that part") {
  const Score score = band(4, 2, 500000);
  audio::Pcm pcm = render(score);
  pcm.samples.erase(pcm.samples.begin(), pcm.samples.begin() + 22050 * 3 + 5512);  // from 3.25 s
  pcm.samples.resize(22050 * 5);
  const auto music = analyze_score(score, pcm, 3.25, 8.25);
  REQUIRE(music.ok());
  REQUIRE(music->beats.size() == 10);
  CHECK(music->beats.front() == doctest::Approx(0.25));
  CHECK(music->beat_in_bar.front() == 4);
}

TEST_CASE("a score without a metre is tracked in its sound") {
  const Score score = band(4, 2, 500000);
  Score times = score;
  times.has_metre = false;
  times.tempi.clear();
  times.signatures.clear();
  times.bars.clear();
  const auto music = analyze_score(times, render(times));
  REQUIRE(music.ok());
  CHECK(music->tempo_bpm == doctest::Approx(120).epsilon(0.02));
}

TEST_CASE("where every bar has one beat the downbeats are tracked") {
  const Score four = band(4, 2, 500000);
  Score one = four;
  one.signatures = {{0, 0, 1, 4}};
  lay_bars(one);
  CHECK(score_metre(one, one.duration).beats_per_bar == 1);
  const auto music = analyze_score(one, render(one));
  REQUIRE(music.ok());
  CHECK(music->beats == score_metre(four, music->duration).beats);
  CHECK(music->beats_per_bar == 4);
  CHECK(std::count(music->beat_in_bar.begin(), music->beat_in_bar.end(), 1) < 15);
}
