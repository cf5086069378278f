#include "audio/describe/analysis.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "audio/describe/features.h"
#include "core/audio/signals.h"
#include "synth/synth.h"

using namespace terpsi;
using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

namespace {
// Everything analysis.h promises about a result.
void check_sound(const MusicAnalysis& m) {
  CHECK(m.frames >= 1);
  REQUIRE(m.features.size() == m.frames * FeatureLayout::kColumns);
  for (const auto* v : {&m.tempo, &m.loudness, &m.onset, &m.novelty}) REQUIRE(v->size() == m.frames);
  bool finite = true, in_range = true;
  for (const float v : m.features) finite = finite && std::isfinite(v);
  for (const auto* values : {&m.loudness, &m.novelty, &m.waveform}) {
    for (const float v : *values) in_range = in_range && v >= 0 && v <= 1;
  }
  for (const float v : m.onset) in_range = in_range && v >= 0 && v <= 2;
  for (const float v : m.tempo) in_range = in_range && v >= 20 && v <= 480;
  CHECK(finite);
  CHECK(in_range);
  CHECK((m.beat_confidence >= 0 && m.beat_confidence <= 1));
  CHECK((m.beats_per_bar == 3 || m.beats_per_bar == 4));
  REQUIRE(m.beat_in_bar.size() == m.beats.size());
  bool ordered = true;
  for (std::size_t k = 0; k < m.beats.size(); ++k) {
    ordered = ordered && m.beats[k] >= 0 && m.beats[k] < m.duration &&
              (k == 0 || m.beats[k] > m.beats[k - 1] + 0.1);
    ordered = ordered && m.beat_in_bar[k] >= 1 && m.beat_in_bar[k] <= m.beats_per_bar;
  }
  CHECK(ordered);
  REQUIRE_FALSE(m.sections.empty());
  CHECK(m.sections.front().start == 0);
  CHECK(m.sections.back().end == doctest::Approx(m.duration));
  for (std::size_t k = 1; k < m.sections.size(); ++k) CHECK(m.sections[k].start == m.sections[k - 1].end);
}

MusicAnalysis sound_analysis(std::vector<float> samples, int rate = kAnalysisRate) {
  auto result = analyze({std::move(samples), rate});
  REQUIRE(result.ok());
  check_sound(*result);
  return std::move(*result);
}

}  // namespace

TEST_CASE("garbage gives an error or a sound result, never a crash") {
  CHECK_FALSE(analyze({}).ok());
  CHECK_FALSE(analyze({{1.0f}, 22050}).ok());
  CHECK_FALSE(analyze({std::vector<float>(50000, 0.0f), 22050}).ok());
  CHECK_FALSE(analyze({std::vector<float>(50000, 1.0f), 22050}).ok());
  CHECK_FALSE(analyze({std::vector<float>(50000, std::numeric_limits<float>::quiet_NaN()), 22050}).ok());
  CHECK_FALSE(analyze({std::vector<float>(20 * 60 * 8000, 0.1f), 8000}).ok());

  std::vector<float> click(40000, 0.0f);
  click[20000] = 1.0f;
  sound_analysis(click);
  click[20000] = 1e6f;
  sound_analysis(click, 8000);
  sound_analysis(noise(22050, 1));  // exactly one second
  sound_analysis(noise(8000, 1), 8000);
  sound_analysis(noise(200000, 2, 1e6f));
  sound_analysis(noise(192000, 3), 192000);
  sound_analysis(sine(0.5, 5));  // below hearing
  sound_analysis(sine(11000, 3));
  sound_analysis(sine(440, 30, 8000, 1e-3), 8000);
  std::vector<float> late(22050 * 8, 0.0f);  // silence, then a note at the very end
  late.back() = 0.5f;
  sound_analysis(late);
}

TEST_CASE("noise and a held tone are not taken for a pulse") {
  CHECK(sound_analysis(noise(22050 * 20, 9)).beat_confidence < 0.2);
  CHECK(sound_analysis(sine(330, 20)).beat_confidence < 0.2);
}

TEST_CASE("analysis is deterministic and does not depend on the level or a constant offset") {
  SongSpec spec;
  spec.form = {{Part::verse, 4}, {Part::chorus, 4}};
  const auto song = synthesize_song(spec);
  REQUIRE(song.ok());
  const MusicAnalysis a = sound_analysis(song->pcm.samples), b = sound_analysis(song->pcm.samples);
  CHECK(a.features == b.features);
  CHECK(a.beats == b.beats);
  std::vector<float> quiet = song->pcm.samples;
  for (float& v : quiet) v = 0.01f * v + 0.002f;
  const MusicAnalysis c = sound_analysis(quiet);
  REQUIRE(c.beats.size() == a.beats.size());
  for (std::size_t k = 0; k < a.beats.size(); ++k)
    CHECK(c.beats[k] == doctest::Approx(a.beats[k]).epsilon(1e-4));
  CHECK(c.loudness[100] == doctest::Approx(a.loudness[100]).epsilon(1e-3));
}

TEST_CASE("the demo song: every beat, every downbeat, every section") {
  const auto song = synthesize_song({});
  REQUIRE(song.ok());
  const MusicAnalysis m = sound_analysis(song->pcm.samples);
  CHECK(m.tempo_bpm == doctest::Approx(118).epsilon(0.002));
  CHECK(m.beat_confidence > 0.8);
  CHECK(f_measure(song->score.beats, m.beats) > 0.98);
  CHECK(std::abs(mean_offset(song->score.beats, m.beats)) < 0.01);
  CHECK(f_measure(downbeats(song->score.beats, song->score.beat_in_bar), downbeats(m.beats, m.beat_in_bar)) >
        0.95);
  REQUIRE(m.sections.size() == song->score.sections.size());
  for (std::size_t k = 0; k < m.sections.size(); ++k) {
    CHECK(std::abs(m.sections[k].start - song->score.sections[k].start) < 0.1);
  }
  CHECK(m.sections[2].label == m.sections[4].label);  // the chorus returns
  CHECK(m.sections[1].label != m.sections[2].label);
  CHECK(m.sections[3].label != m.sections[4].label);
}

TEST_CASE("synthesised songs from 80 to 174 BPM: octave, beats and bars") {
  struct Variant {
    std::string name;
    double bpm, bpm_end, swing;
    int meter;
    bool drums, offbeat_bass;
    int rate;
  };
  for (const Variant& v : {Variant{"slow", 80, 0, 0, 4, true, false, 22050},
                           {"swing", 96, 0, 0.3, 4, true, false, 44100},
                           {"house", 124, 0, 0, 4, true, true, 48000},
                           {"waltz", 150, 0, 0, 3, true, false, 22050},
                           {"slow waltz", 96, 0, 0, 3, true, false, 22050},
                           {"no drums", 110, 0, 0, 4, false, false, 22050},
                           {"fast", 174, 0, 0, 4, true, false, 22050},
                           {"faster and faster", 100, 125, 0, 4, true, false, 22050}}) {
    CAPTURE(v.name);
    SongSpec spec;
    spec.seed = 3;
    spec.bpm = v.bpm;
    spec.bpm_end = v.bpm_end;
    spec.swing = v.swing;
    spec.beats_per_bar = v.meter;
    spec.drums = v.drums;
    spec.offbeat_bass = v.offbeat_bass;
    spec.sample_rate = v.rate;
    spec.lead_in = 0.7;
    const auto song = synthesize_song(spec);
    REQUIRE(song.ok());
    const MusicAnalysis m = sound_analysis(song->pcm.samples, v.rate);
    CHECK(f_measure(song->score.beats, m.beats) > 0.95);
    CHECK(std::abs(mean_offset(song->score.beats, m.beats)) < (v.drums ? 0.01 : 0.013));  // soft attacks
    CHECK(m.beats_per_bar == v.meter);
    CHECK(f_measure(downbeats(song->score.beats, song->score.beat_in_bar),
                    downbeats(m.beats, m.beat_in_bar)) > 0.9);
  }
}

TEST_CASE("frames, waveform and features follow the contract's clock") {
  const MusicAnalysis m = sound_analysis(noise(44100 * 3 + 700, 4), 44100);
  CHECK(m.frames == static_cast<std::size_t>(std::llround(m.duration * 30)));
  CHECK(m.waveform.size() == static_cast<std::size_t>(std::ceil(m.duration * 60)));
}
