#include "native/networks/listener.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "audio/count/bar_pointer.h"
#include "audio/hear/listener_input.h"
#include "core/audio/signals.h"
#include "native/io/file.h"
#include "source_path.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;
using terpsi::audio::testing::downbeats;
using terpsi::audio::testing::f_measure;

namespace {

const std::string kModels = terpsi::project::source_path("models");

native::Listener& listener() {
  static auto loaded = native::load_listener(native::open_models(kModels));
  REQUIRE(loaded);
  return *loaded;
}

Metre count(const std::vector<float>& samples, int rate = kAnalysisRate) {
  const auto heard = spectral_features({samples, rate});
  REQUIRE(heard);
  const auto activation = listener().activation(listener_input(*heard));
  REQUIRE(activation);
  const Metre metre = bar_pointer(*activation, heard->duration);
  REQUIRE(metre.beat_in_bar.size() == metre.beats.size());
  bool ascending = true;
  for (std::size_t k = 1; k < metre.beats.size(); ++k)
    ascending = ascending && metre.beats[k] > metre.beats[k - 1] + 0.1;
  CHECK(ascending);
  CHECK((metre.confidence >= 0 && metre.confidence <= 1));
  return metre;
}

}  // namespace

TEST_CASE("listener: what is not a beat network is refused") {
  manifest::ListenerInfo info;
  info.name = "x";
  CHECK(native::Listener::load({}, info).error().code == ErrorCode::bad_format);
  const auto other = native::read_file(kModels + "/recogniser.onnx", 1 << 26);
  REQUIRE(other);
  CHECK(native::Listener::load(*other, info).error().code == ErrorCode::bad_format);
  CHECK(native::load_listener(native::open_models(kModels), "nobody").error().code == ErrorCode::not_found);
  CHECK(native::load_listener(native::open_models(kModels), "nobody").error().message.find("classical") !=
        std::string::npos);
  CHECK_FALSE(native::load_listener(native::open_models("/nowhere")));
  for (const std::size_t size : {std::size_t{0}, std::size_t{52}, std::size_t{53}, std::size_t{3 * 52}}) {
    CHECK(listener().activation(std::vector<float>(size)).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("listener: every beat and downbeat of synthesised songs, from 50 to 200 BPM, in 3 and 4") {
  struct Variant {
    const char* name;
    double bpm, bpm_end, swing;
    int metre;
  };
  for (const Variant& v :
       {Variant{"slow", 70, 0, 0, 4}, Variant{"swing", 96, 0, 0.3, 4}, Variant{"middle", 120, 0, 0, 4},
        Variant{"quick", 150, 0, 0, 4}, Variant{"waltz", 120, 0, 0, 3}, Variant{"drifts", 100, 122, 0, 4}}) {
    CAPTURE(std::string(v.name));
    SongSpec spec;
    spec.seed = 5;
    spec.bpm = v.bpm;
    spec.bpm_end = v.bpm_end;
    spec.swing = v.swing;
    spec.beats_per_bar = v.metre;
    const auto song = synthesize_song(spec);
    REQUIRE(song);
    const Metre m = count(song->pcm.samples);
    CAPTURE(m.bpm);
    CHECK(f_measure(song->score.beats, m.beats) > 0.95);
    CHECK(m.beats_per_bar == v.metre);
    CHECK(f_measure(downbeats(song->score.beats, song->score.beat_in_bar),
                    downbeats(m.beats, m.beat_in_bar)) > 0.9);
    CHECK(m.confidence > 0.5);
  }
}

TEST_CASE("listener: without drums the tempo is heard; which half of the beat, not surely") {
  SongSpec spec;
  spec.seed = 5;
  spec.bpm = 104;
  spec.drums = false;
  const auto song = synthesize_song(spec);
  REQUIRE(song);
  CHECK(count(song->pcm.samples).bpm == doctest::Approx(104).epsilon(0.01));
}

TEST_CASE("listener: 40 and 200 BPM are heard at their own or a related tempo, surely") {
  for (const double bpm : {40.0, 200.0}) {
    SongSpec spec;
    spec.bpm = bpm;
    const auto song = synthesize_song(spec);
    REQUIRE(song);
    const Metre m = count(song->pcm.samples);
    CAPTURE(bpm);
    const double octaves = std::log2(m.bpm / bpm);
    CAPTURE(m.bpm);
    CHECK(std::abs(octaves - std::round(octaves)) < 0.02);
    CHECK(std::abs(octaves) < 1.1);
    CHECK(m.confidence > 0.4);
  }
}

TEST_CASE("listener: noise, a drone and near silence are not taken for a pulse") {
  CHECK(count(audio::testing::noise(22050 * 30, 4)).confidence < 0.3);
  CHECK(count(audio::testing::sine(220, 30)).confidence < 0.3);
  std::vector<float> quiet = audio::testing::noise(22050 * 20, 5, 1e-6f);
  quiet[1000] = 0.5f;
  CHECK(count(quiet).confidence < 0.3);
}

TEST_CASE("listener: the same song, the same answer; level does not matter") {
  SongSpec spec;
  spec.form = {{Part::verse, 4}, {Part::chorus, 4}};
  const auto song = synthesize_song(spec);
  REQUIRE(song);
  const Metre a = count(song->pcm.samples), b = count(song->pcm.samples);
  CHECK(a.beats == b.beats);
  std::vector<float> quiet = song->pcm.samples;
  for (float& v : quiet) v *= 0.02f;
  const Metre c = count(quiet);
  REQUIRE(c.beats.size() == a.beats.size());
  for (std::size_t k = 0; k < a.beats.size(); ++k)
    CHECK(c.beats[k] == doctest::Approx(a.beats[k]).epsilon(1e-3));
}
