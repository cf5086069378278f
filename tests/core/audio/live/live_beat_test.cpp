#include "audio/live/live_beat.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/audio/signals.h"
#include "synth/synth.h"

using namespace terpsi::audio;
using namespace terpsi::synth;
using namespace terpsi::audio::testing;

namespace {

struct Heard {
  std::vector<double> beats, downbeats;  // predicted at least kLiveLead ahead
  std::vector<double> confidence;        // ten times a second
  std::vector<double> bpm;               // likewise
  LiveState last;
};

Heard listen(std::span<const float> samples, int rate = kAnalysisRate, std::size_t block = 128) {
  LiveBeat live(rate);
  Heard heard;
  std::int64_t beats = 0;
  double due = 0;
  for (std::size_t at = 0; at < samples.size(); at += block) {
    live.push(samples.subspan(at, std::min(block, samples.size() - at)));
    const LiveState& s = live.state();
    if (s.beats != beats) {
      beats = s.beats;
      heard.beats.push_back(s.last_beat);
      if (s.last_beat_in_bar == 1) heard.downbeats.push_back(s.last_beat);
      // Said in time, as far as this block's length lets one see.
      CHECK(s.last_beat - s.received > kLiveLead - static_cast<double>(block) / rate - 1e-9);
    }
    if (s.heard >= due) {
      heard.confidence.push_back(s.confidence);
      heard.bpm.push_back(s.bpm);
      due += 0.1;
    }
  }
  heard.last = live.state();
  return heard;
}

Song song(double bpm, std::uint64_t seed = 7) {
  SongSpec spec;
  spec.bpm = bpm;
  spec.seed = seed;
  spec.form = {{Part::verse, 8}, {Part::chorus, 8}};
  auto made = synthesize_song(spec);
  REQUIRE(made);
  return std::move(*made);
}

double highest(const std::vector<double>& values, std::size_t from = 0) {
  double most = 0;
  for (std::size_t i = from; i < values.size(); ++i) most = std::max(most, values[i]);
  return most;
}

// Bursts of vowels and hisses of uneven length: as irregular as talk.
std::vector<float> talk(double seconds) {
  std::vector<float> out(static_cast<std::size_t>(seconds * kAnalysisRate), 0.0f);
  std::uint32_t seed = 11;
  const auto random = [&] {
    seed = seed * 1664525u + 1013904223u;
    return static_cast<double>(seed >> 8) / 16777216.0;
  };
  double at = 0.2;
  while (at + 0.5 < seconds) {
    const double length = 0.06 + 0.16 * random(), pitch = 100 + 60 * random(),
                 hiss = random() < 0.3 ? 0.3 : 0.03;
    const auto first = static_cast<std::size_t>(at * kAnalysisRate);
    const auto count = static_cast<std::size_t>(length * kAnalysisRate);
    for (std::size_t i = 0; i < count; ++i) {
      const double t = static_cast<double>(i) / kAnalysisRate,
                   shape = std::sin(std::numbers::pi * t / length);
      double voice = 0;
      for (int h = 1; h < 12; ++h) voice += std::sin(2 * std::numbers::pi * pitch * h * t) / h;
      out[first + i] += static_cast<float>(shape * (0.2 * voice + hiss * (2 * random() - 1)));
    }
    at += length + 0.02 + 0.18 * random() + (random() < 0.15 ? 0.3 + 0.5 * random() : 0);
  }
  return out;
}

}  // namespace

TEST_CASE("live beats: garbage is survived, and music after it is followed") {
  const Song made = song(118);
  LiveBeat live(kAnalysisRate);
  live.push({});
  std::vector<float> bad = noise(4000, 3, 3e38f);
  for (std::size_t i = 0; i < bad.size(); i += 3) bad[i] = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t i = 1; i < bad.size(); i += 3) bad[i] = -std::numeric_limits<float>::infinity();
  live.push(bad);
  CHECK(std::isfinite(live.state().confidence));
  live.push(std::vector<float>(4000, 1e-38f));
  live.push(made.pcm.samples);
  const LiveState& s = live.state();
  CHECK(s.bpm == doctest::Approx(118).epsilon(0.02));
  CHECK(s.confidence > 0.5);
  CHECK(s.received ==
        doctest::Approx((8000.0 + static_cast<double>(made.pcm.samples.size())) / kAnalysisRate));
}

TEST_CASE("live beats: steady songs are tracked after 5 s, predicted 0.1 s ahead, without bias") {
  for (const double bpm : {80.0, 97.0, 110.0, 124.0, 140.0, 160.0}) {
    for (const std::uint64_t seed : {7, 21}) {
      CAPTURE(bpm);
      CAPTURE(seed);
      const Song made = song(bpm, seed);
      const Heard heard = listen(made.pcm.samples);
      CHECK(f_measure(made.score.beats, heard.beats) >= 0.95);
      CHECK(std::abs(mean_offset(made.score.beats, heard.beats)) < 0.01);
      CHECK(heard.last.bpm == doctest::Approx(bpm).epsilon(0.02));
      CHECK(heard.last.confidence > 0.6);
      CHECK(heard.last.pulse);
      for (std::size_t k = 1; k < heard.last.next.size(); ++k)
        CHECK(heard.last.next[k] - heard.last.next[k - 1] == doctest::Approx(60 / heard.last.bpm));
      CHECK(heard.last.next[0] > heard.last.heard);
    }
  }
}

TEST_CASE("live beats: downbeats of a clear song are found") {
  const Song made = song(116);
  std::vector<double> downbeats;
  for (std::size_t i = 0; i < made.score.beats.size(); ++i) {
    if (made.score.beat_in_bar[i] == 1) downbeats.push_back(made.score.beats[i]);
  }
  const Heard heard = listen(made.pcm.samples);
  CHECK(f_measure(downbeats, heard.downbeats, 10) > 0.85);
  CHECK(heard.last.beats_per_bar == 4);
  CHECK(heard.last.bar_confidence > 0.5);
}

TEST_CASE("live beats: other sample rates give the same beats") {
  const Song made = song(120);
  const Heard plain = listen(made.pcm.samples);
  for (const int rate : {16000, 44100, 48000}) {
    CAPTURE(rate);
    SongSpec spec;
    spec.bpm = 120;
    spec.sample_rate = rate;
    spec.form = {{Part::verse, 8}, {Part::chorus, 8}};
    const auto other = synthesize_song(spec);
    REQUIRE(other);
    const Heard heard = listen(other->pcm.samples, rate);
    CHECK(f_measure(plain.beats, heard.beats, 5, 0.01) > 0.97);
  }
}

TEST_CASE("live beats: blocks of any size give the same result") {
  const Song made = song(126);
  const std::span<const float> part(made.pcm.samples.data(), 8 * kAnalysisRate);
  for (const int rate : {kAnalysisRate, 48000}) {
    LiveBeat whole(rate);
    whole.push(part);
    for (const std::size_t block : {1u, 7u, 128u, 441u, 1024u, 4096u}) {
      CAPTURE(block);
      LiveBeat live(rate);
      for (std::size_t at = 0; at < part.size(); at += block)
        live.push(part.subspan(at, std::min(block, part.size() - at)));
      CHECK(live.state().next == whole.state().next);
      CHECK(live.state().confidence == whole.state().confidence);
      CHECK(live.state().beats == whole.state().beats);
      CHECK(live.state().received == whole.state().received);
    }
  }
}

TEST_CASE("live beats: a change of tempo is followed within 6 s") {
  const Song first = song(104), second = song(132, 9);
  std::vector<float> samples(first.pcm.samples.begin(), first.pcm.samples.begin() + 20 * kAnalysisRate);
  samples.insert(samples.end(), second.pcm.samples.begin(), second.pcm.samples.end());
  std::vector<double> beats = second.score.beats;
  for (double& beat : beats) beat += 20;
  const Heard heard = listen(samples);
  CHECK(f_measure(beats, heard.beats, 26) > 0.95);
  CHECK(heard.last.bpm == doctest::Approx(132).epsilon(0.02));
}

TEST_CASE("live beats: slow drift is followed all along") {
  SongSpec spec;
  spec.bpm = 100;
  spec.bpm_end = 116;
  spec.form = {{Part::verse, 8}, {Part::chorus, 8}};
  const auto made = synthesize_song(spec);
  REQUIRE(made);
  const Heard heard = listen(made->pcm.samples);
  CHECK(f_measure(made->score.beats, heard.beats) > 0.95);
}

TEST_CASE("live beats: in silence beats go on for some seconds, then stop; music brings them back") {
  const Song made = song(118);
  std::vector<float> samples(made.pcm.samples.begin(), made.pcm.samples.begin() + 15 * kAnalysisRate);
  samples.resize(samples.size() + 12 * kAnalysisRate, 0.0f);
  const std::size_t again = samples.size();
  samples.insert(samples.end(), made.pcm.samples.begin(), made.pcm.samples.begin() + 15 * kAnalysisRate);
  const Heard heard = listen(samples);
  const auto predicted = [&](double from, double to) {
    return std::count_if(heard.beats.begin(), heard.beats.end(),
                         [&](double t) { return t >= from && t < to; });
  };
  CHECK(predicted(15, 17.5) >= 4);
  CHECK(predicted(21, 27) == 0);
  CHECK(heard.confidence[145] > 0.6);
  CHECK(heard.confidence[210] < 0.05);
  std::vector<double> beats = made.score.beats;
  for (double& beat : beats) beat += static_cast<double>(again) / kAnalysisRate;
  std::erase_if(beats, [&](double t) { return t > heard.last.received; });
  CHECK(f_measure(beats, heard.beats, 27 + 5.0) > 0.9);
}

TEST_CASE("live beats: what has no pulse gives little confidence") {
  CHECK(highest(listen(std::vector<float>(20 * kAnalysisRate, 0.0f)).confidence) == 0);
  CHECK(listen(std::vector<float>(20 * kAnalysisRate, 0.0f)).beats.empty());
  CHECK(highest(listen(noise(20 * kAnalysisRate, 5)).confidence, 30) < 0.2);
  CHECK(highest(listen(sine(220, 20)).confidence, 30) < 0.2);
  const Heard spoken = listen(talk(30));
  double mean = 0;
  for (double c : spoken.confidence) mean += c / static_cast<double>(spoken.confidence.size());
  MESSAGE("talk: mean confidence ", mean, ", highest ", highest(spoken.confidence), ", beats ",
          spoken.beats.size());
  CHECK(mean < 0.25);
}

TEST_CASE("live beats: loud and quiet microphones hear the same") {
  const Song made = song(110);
  std::vector<float> quiet = made.pcm.samples;
  for (float& v : quiet) v *= 0.003f;
  const Heard loud = listen(made.pcm.samples), soft = listen(quiet);
  CHECK(f_measure(loud.beats, soft.beats, 5, 0.005) > 0.98);
}
