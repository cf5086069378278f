// MIDI files through the executable: told by their content, refused with a sentence, played, cut, danced.

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/score/midi_writer.h"
#include "format/npz.h"
#include "native/cli/run.h"
#include "native/decode/decode.h"
#include "native/io/file.h"
#include "native/temp_folder.h"

using namespace terpsi;
using namespace terpsi::score::testing;
using test::run_terpsi;

namespace {

nlohmann::json json_file(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

// 24 bars of 3/4 at 150 a minute: 28.8 s of bass, chords and drums.
Bytes waltz() {
  Track map, drums, bass;
  map.name(0, "A waltz").tempo(0, 400000).signature(0, 3, 2).end();
  for (int beat = 0; beat < 72; ++beat) {
    const int drum = beat % 3 == 0 ? 36 : 42, root = 40 + 5 * (beat / 3 % 2);
    drums.on(beat == 0 ? 0 : 400, 9, drum).off(80, 9, drum);
    const int pitch = beat % 3 == 0 ? root : root + 24;
    bass.on(0, 0, pitch).off(480, 0, pitch);
  }
  return file(1, 480, {map, drums.end(), bass.end()});
}

}  // namespace

TEST_CASE("broken MIDI files are refused, with the exit code of bad input") {
  test::TempFolder folder;
  const std::string path = folder / "broken.mid";
  const Bytes good = waltz();
  REQUIRE(native::write_file(path, std::span(good).first(good.size() / 2)));
  const auto cut = run_terpsi("analyze '" + path + "'");
  CHECK(cut.exit_code == 3);
  CHECK(cut.output.find("cut short") != std::string::npos);
  REQUIRE(native::write_file(path, file(2, 480, {Track().on(0, 0, 60).off(9, 0, 60).end()})));
  const auto two = run_terpsi("dance '" + path + "' -o '" + (folder / "x.bvh") + "'");
  CHECK(two.exit_code == 3);
  CHECK(two.output.find("format 2") != std::string::npos);
  CHECK(!std::filesystem::exists(folder / "x.bvh"));
}

TEST_CASE("analyze: beats, bars, tempo map and notes of a MIDI file, whatever its name") {
  test::TempFolder folder;
  const std::string path = folder / "waltz.wav";  // content decides
  REQUIRE(native::write_file(path, waltz()));
  const auto ran =
      run_terpsi("analyze '" + path + "' --json '" + (folder / "a.json") + "' --npz '" + (folder / "a.npz") +
                 "' --wav '" + (folder / "heard.wav") + "' --click '" + (folder / "click.wav") + "'");
  INFO(ran.output);
  REQUIRE(ran.exit_code == 0);
  const auto json = json_file(folder / "a.json");
  CHECK(json["format"] == "MIDI");
  CHECK(json["beats_per_bar"] == 3);
  CHECK(json["tempo_bpm"].get<double>() == doctest::Approx(150));
  CHECK(json["beat_confidence"] == 1);
  CHECK(json["beats"][3].get<double>() == doctest::Approx(1.2));
  CHECK(json["downbeats"][1].get<double>() == doctest::Approx(1.2));
  CHECK(json["score"]["title"] == "A waltz");
  CHECK(json["score"]["notes"] == 144);
  CHECK(json["score"]["bars"].size() == 24);
  CHECK(json["score"]["time_signatures"][0]["signature"] == "3/4");
  CHECK(json["score"]["tempo_map"][0]["bpm"].get<double>() == doctest::Approx(150));
  CHECK(json["score"]["note_density"][10].get<double>() == doctest::Approx(5).epsilon(0.1));
  const auto bytes = native::read_file(folder / "a.npz", 64u << 20);
  REQUIRE(bytes);
  const auto npz = format::parse_npz(*bytes);
  REQUIRE(npz);
  CHECK(npz->at("notes").shape == std::vector<std::size_t>{144, 6});
  CHECK(npz->at("note_density").shape == npz->at("onset").shape);
  const auto heard = native::decode_file(folder / "heard.wav"),
             click = native::decode_file(folder / "click.wav");
  REQUIRE(heard);
  REQUIRE(click);
  CHECK(heard->pcm.seconds() == doctest::Approx(29.8).epsilon(0.01));
  CHECK(click->pcm.samples.size() == heard->pcm.samples.size());
}

TEST_CASE("analyze: a part of a MIDI file") {
  test::TempFolder folder;
  REQUIRE(native::write_file(folder / "w.mid", waltz()));
  const auto ran = run_terpsi("analyze '" + (folder / "w.mid") + "' --from 5 --to 15 --json '" +
                              (folder / "a.json") + "'");
  INFO(ran.output);
  REQUIRE(ran.exit_code == 0);
  const auto json = json_file(folder / "a.json");
  CHECK(json["duration"].get<double>() == doctest::Approx(10));
  CHECK(json["beats"].size() == 25);
  CHECK(json["beats"][0].get<double>() == doctest::Approx(0.2));      // 5.2 s
  CHECK(json["downbeats"][0].get<double>() == doctest::Approx(1.0));  // 6.0 s
  CHECK(run_terpsi("analyze '" + (folder / "w.mid") + "' --from 100").exit_code == 3);
}

TEST_CASE("dance: to a MIDI file") {
  test::TempFolder folder;
  REQUIRE(native::write_file(folder / "w.mid", waltz()));
  const auto ran =
      run_terpsi("dance '" + (folder / "w.mid") + "' --to 6 -q -o '" + (folder / "w.json") + "'");
  INFO(ran.output);
  REQUIRE(ran.exit_code == 0);
  const auto json = json_file(folder / "w.json");
  CHECK(json["root"].size() == 180);
  CHECK(json["beats"][1].get<double>() == doctest::Approx(0.4));
  CHECK(json["beat_in_bar"][3] == 1);
}
