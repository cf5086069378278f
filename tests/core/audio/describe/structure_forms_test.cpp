// Sections of synthesised songs of known form.

#include <doctest/doctest.h>

#include "audio/describe/analysis.h"
#include "core/audio/describe/song_forms.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

TEST_CASE("the measures: perfect, empty and shifted answers") {
  const std::vector<Section> truth = {{0, 10, 0}, {10, 20, 1}, {20, 30, 0}};
  CHECK(border_f(truth, truth, 0.5) == 1);
  CHECK(label_f(truth, truth) == doctest::Approx(1));
  CHECK(border_f(truth, {{0, 30, 0}}, 3) == 0);
  const std::vector<Section> late = {{0, 12, 5}, {12, 22, 3}, {22, 30, 5}};
  CHECK(border_f(truth, late, 0.5) == 0);
  CHECK(border_f(truth, late, 3) == 1);
  CHECK(label_f(truth, late) < 0.95);
  CHECK(merged({{0, 1, 2}, {1, 2, 2}, {2, 3, 1}}).size() == 2);
}

TEST_CASE("forms: borders and labels of songs with and without drums, in 3 and 4") {
  double close = 0, near = 0, labels = 0, count = 0;
  for (FormSong& song : songs_with_parts()) {
    CAPTURE(song.name);
    song.spec.seed = 3;
    const auto made = synthesize_song(song.spec);
    REQUIRE(made.ok());
    const auto music = analyze(made->pcm);
    REQUIRE(music.ok());
    const std::vector<Section> truth = merged(made->score.sections);
    const double here = border_f(truth, music->sections, 3);
    CHECK(here > 0.7);
    close += border_f(truth, music->sections, 0.5), near += here;
    labels += label_f(truth, music->sections), ++count;
  }
  MESSAGE("borders +-0.5 s F " << close / count << ", +-3 s F " << near / count << ", labels F "
                               << labels / count);
  CHECK(close / count > 0.93);
  CHECK(near / count > 0.94);
  CHECK(labels / count > 0.93);
}

TEST_CASE("forms: a song of one part has no borders") {
  std::size_t wrong = 0;
  for (FormSong& song : songs_of_one_part()) {
    CAPTURE(song.name);
    song.spec.seed = 4;
    const auto made = synthesize_song(song.spec);
    REQUIRE(made.ok());
    const auto music = analyze(made->pcm);
    REQUIRE(music.ok());
    wrong += music->sections.size() - 1;
  }
  CHECK(wrong == 0);
}
