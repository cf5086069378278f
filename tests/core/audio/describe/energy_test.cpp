#include "audio/describe/energy.h"

#include <doctest/doctest.h>

#include "audio/describe/analysis.h"
#include "core/audio/signals.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

TEST_CASE("energy of silence and of nonsense is finite") {
  SpectralFeatures spectral;
  spectral.frames = 40;
  spectral.mel.assign(spectral.frames * kOnsetStride * 40, 0.f);
  const std::vector<float> none(spectral.frames, 0.f);
  for (float v : raw_energy(measure_activity(spectral, none, none))) CHECK(v == 0);
  CHECK(smoothed({}, 2).empty());
  CHECK(smoothed(std::vector<float>{3.f}, 2) == std::vector<float>{3.f});
}

TEST_CASE("smoothing keeps a constant and the mean of a spike") {
  std::vector<float> values(200, 0.25f);
  for (float v : smoothed(values, 1)) CHECK(v == doctest::Approx(0.25));
  values.assign(200, 0.f);
  values[100] = 1;
  double sum = 0;
  for (float v : smoothed(values, 1)) sum += static_cast<double>(v);
  CHECK(sum == doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("a chorus has more energy than a breakdown, everything lies within 0 and 1") {
  SongSpec spec;
  spec.form = {{Part::verse, 4}, {Part::chorus, 8}, {Part::breakdown, 8}, {Part::chorus, 8}};
  const auto song = synthesize_song(spec);
  const auto music = analyze(song->pcm);
  REQUIRE(music.ok());
  REQUIRE(music->energy.size() == music->frames);
  for (float v : music->energy) CHECK((v >= 0 && v <= 1));
  const auto at = [&](std::size_t section) {
    const Section& s = song->score.sections[section];
    return music->energy[static_cast<std::size_t>(15 * (s.start + s.end))];
  };
  CHECK(at(1) > at(2) + 0.15f);
  CHECK(at(1) == doctest::Approx(at(3)).epsilon(0.1));
}
