// The executable as people meet it: messages, exit codes, files.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "format/npz.h"
#include "native/cli/run.h"
#include "native/decode/decode.h"
#include "native/decode/wav.h"
#include "native/io/file.h"
#include "native/networks/provider_folder.h"
#include "native/sound.h"
#include "native/temp_folder.h"
#include "source_path.h"
#include "synth/synth.h"

using namespace terpsi;
using test::run_terpsi;

namespace {

nlohmann::json json_of(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

// A synthesised song of about 12 s; its beats are in the score.
synth::Song short_song(const std::string& path) {
  synth::SongSpec spec;
  spec.bpm = 120;
  spec.form = {{synth::Part::verse, 3}, {synth::Part::chorus, 3}};
  auto song = synth::synthesize_song(spec);
  REQUIRE(song);
  REQUIRE(native::write_file(path, native::wav_bytes(song->pcm)));
  return std::move(*song);
}

}  // namespace

TEST_CASE("cli: wrong usage gives exit code 2 and says what is wrong") {
  for (const char* arguments : {"",
                                "prance",
                                "dance",
                                "dance demo",
                                "dance demo -o /tmp/terpsi-x.bvh --energy 2",
                                "dance demo -o /tmp/terpsi-x.bvh --seed -1",
                                "dance demo -o /tmp/terpsi-x.bvh --foot-lock maybe",
                                "dance demo -o x.mp4",
                                "dance demo -o /tmp/terpsi-x.bvh --device abacus",
                                "dance demo -o /tmp/terpsi-x.bvh --style nonesuch --to 5",
                                "dance demo -o /tmp/terpsi-x.bvh --model nonesuch --to 5",
                                "analyze",
                                "evaluate x.bvh",
                                "dance demo -o /tmp/terpsi-x.bvh --seed 18446744073709551616",
                                "dance demo -o /tmp/terpsi-x.bvh --seed 1.5",
                                "dance demo -o /tmp/terpsi-x.bvh --energy nan",
                                "dance demo -o /tmp/terpsi-x.bvh --variation -0.1",
                                "dance demo -o /tmp/terpsi-x.bvh --steps 0",
                                "dance demo -o /tmp/terpsi-x.bvh --steps 65",
                                "dance demo -o /tmp/terpsi-x.bvh --steps few",
                                "dance demo -o /tmp/terpsi-x.bvh --guidance nan",
                                "dance demo -o /tmp/terpsi-x.bvh --guidance -1",
                                "dance demo -o /tmp/terpsi-x.bvh --candidates 0",
                                "dance demo -o /tmp/terpsi-x.bvh --candidates 1000",
                                "dance demo -o /tmp/terpsi-x.bvh --dancers 0",
                                "dance demo -o /tmp/terpsi-x.bvh --dancers 9",
                                "dance demo -o /tmp/terpsi-x.bvh --dancers 2 --spacing 0.1",
                                "dance demo -o /tmp/terpsi-x.bvh --dancers 2 --spacing nan",
                                "dance demo -o /tmp/terpsi-x.bvh --dancers 2 --formation heap",
                                "dance demo -o /tmp/terpsi-x.bvh --section-styles nowhere",
                                "dance demo -o /tmp/terpsi-x.bvh --section-styles intro=nonesuch --to 5",
                                "dance demo -o /tmp/terpsi-x.bvh --model graph --corpus x.npz --steps 4",
                                "serve --port 99999",
                                "convert a.bvh -o b.txt",
                                "bench --runs 0",
                                "bench --seconds nan",
                                "bench --seconds inf",
                                "bench --seconds 0.5"}) {
    const auto ran = run_terpsi(arguments);
    CAPTURE(arguments);
    CAPTURE(ran.output);
    CHECK(ran.exit_code == 2);
    CHECK_FALSE(ran.output.empty());
    CHECK_FALSE(std::filesystem::exists("/tmp/terpsi-x.bvh"));
  }
}

TEST_CASE("cli: help for everything") {
  for (const char* command :
       {"", "dance", "analyze", "evaluate", "serve", "convert", "models", "bench", "retarget"}) {
    const auto ran = run_terpsi(std::string(command) + " --help");
    CAPTURE(command);
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.find("Usage: terpsi") != std::string::npos);
  }
  CHECK(run_terpsi("--help").output.find("Exit codes: 0") != std::string::npos);
  CHECK(run_terpsi("--version").output == "terpsi " TERPSI_VERSION "\n");
}

TEST_CASE("cli: songs that cannot be danced give exit code 3 and a clear sentence") {
  const test::TempFolder folder;
  const auto refused = [&](const std::string& name, const std::string& about) {
    for (const std::string& command : {"dance '" + (folder / name) + "' -o '" + (folder / "out.bvh") + "'",
                                       "analyze '" + (folder / name) + "'"}) {
      const auto ran = run_terpsi(command);
      CAPTURE(ran.output);
      CHECK(ran.exit_code == 3);
      CHECK(ran.output.find("terpsi: ") != std::string::npos);
      CHECK(ran.output.find(about) != std::string::npos);
      CHECK_FALSE(std::filesystem::exists(folder / "out.bvh"));
    }
  };
  const auto wav = [&](const std::string& name, const std::vector<float>& samples, int rate = 22050) {
    REQUIRE(test::write_sound(folder / name, SF_FORMAT_WAV | SF_FORMAT_FLOAT, samples, rate));
  };
  folder.write("empty.wav", "");
  folder.write("text.txt", "These are the words of a song, la la la.\n");
  folder.write("noise.mp3", std::string(5000, '\x93'));
  wav("none.wav", {});
  wav("one.wav", {0.5f});
  wav("silent.wav", std::vector<float>(66150, 0.f));
  wav("constant.wav", std::vector<float>(66150, 0.5f));
  auto nan = test::tone(3, 22050);
  nan[12345] = std::numeric_limits<float>::quiet_NaN();
  wav("nan.wav", nan);
  REQUIRE(test::write_sound(folder / "long.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                            std::vector<float>(20 * 60 * 8000, 0.f), 8000));
  refused("missing.ogg", "No such file");
  refused("empty.wav", "empty");
  refused("text.txt", "text file");
  refused("noise.mp3", "not an audio file");
  refused("none.wav", "no sound");
  refused("one.wav", "");
  refused("silent.wav", "silen");
  refused("constant.wav", "silen");
  refused("nan.wav", "");
  refused("long.flac", "20 minutes");
  for (const char* range : {"--from nan", "--to nan", "--from 5 --to 5"}) {
    CHECK(run_terpsi(std::string("analyze demo ") + range).exit_code == 3);
  }
}

TEST_CASE("cli: a song cut short is danced as far as it goes, with a warning") {
  const test::TempFolder folder;
  short_song(folder / "song.wav");
  std::filesystem::resize_file(folder / "song.wav", std::filesystem::file_size(folder / "song.wav") / 2);
  const auto ran = run_terpsi("analyze '" + (folder / "song.wav") + "'");
  CHECK(ran.exit_code == 6);
  CHECK(ran.output.find("warning: the song file is cut short") != std::string::npos);
}

TEST_CASE("cli: analyze writes what it hears as JSON and NPZ, and a click track") {
  const test::TempFolder folder;
  const auto song = short_song(folder / "song.wav");
  const auto ran =
      run_terpsi("analyze '" + (folder / "song.wav") + "' --json '" + (folder / "a.json") + "' --npz '" +
                 (folder / "a.npz") + "' --click '" + (folder / "click.wav") + "'");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  const auto json = json_of(folder / "a.json");
  CHECK(json["duration"].get<double>() == doctest::Approx(song.score.duration).epsilon(0.01));
  CHECK(json["tempo_bpm"].get<double>() == doctest::Approx(120).epsilon(0.01));
  CHECK(json["features_version"] == 1);
  CHECK(json["beats"].size() >= 20);
  CHECK(json["downbeats"].size() >= 5);
  CHECK(json["sections"].size() >= 1);
  const auto bytes = native::read_file(folder / "a.npz", 1 << 24);
  REQUIRE(bytes);
  const auto npz = format::parse_npz(*bytes);
  REQUIRE(npz);
  const auto& features = npz->at("features");
  CHECK(features.shape == std::vector<std::size_t>{json["frames"].get<std::size_t>(), 48});
  CHECK(npz->at("columns").shape == std::vector<std::size_t>{48});
  CHECK(npz->at("beats").count() == json["beats"].size());
  CHECK(npz->at("loudness").count() == features.shape[0]);
  CHECK(native::decode_file(folder / "click.wav")->pcm.samples.size() == song.pcm.samples.size());
  const auto standard = run_terpsi("analyze '" + (folder / "song.wav") + "' --json -");
  CHECK(nlohmann::json::parse(standard.output, nullptr, false)["beats"] == json["beats"]);
}

TEST_CASE("cli: analyze --live says beats ahead") {
  const test::TempFolder folder;
  const auto song = short_song(folder / "song.wav");
  const auto ran =
      run_terpsi("analyze '" + (folder / "song.wav") + "' --live '" + (folder / "live.json") + "'");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  const auto json = json_of(folder / "live.json");
  CHECK(json["tempo_bpm"].get<double>() == doctest::Approx(120).epsilon(0.02));
  REQUIRE(json["beats"].size() >= 10);
  for (const auto& beat : json["beats"]) {
    double nearest = 1;
    for (const double t : song.score.beats) nearest = std::min(nearest, std::abs(beat.get<double>() - t));
    // Beats are said ahead: the last one may lie past the song's last.
    if (beat.get<double>() > 5 && beat.get<double>() < song.score.beats.back()) CHECK(nearest < 0.05);
  }
  CHECK(json["load"].get<double>() < 0.5);
  CHECK(run_terpsi("analyze demo --live '" + (folder / "none/live.json") + "'").exit_code != 0);
}

TEST_CASE("cli: dance, evaluate and convert agree about one dance") {
  const test::TempFolder folder;
  short_song(folder / "song.wav");
  const std::string song = "'" + (folder / "song.wav") + "'";
  const auto dance = [&](const std::string& out, const std::string& options) {
    const auto ran = run_terpsi("dance " + song + " -o '" + (folder / out) + "' " + options);
    REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  };
  dance("a.dance", "--seed 5");
  dance("a.bvh", "--seed 5");
  dance("a.json", "--seed 5");
  dance("b.json", "--seed 5");
  dance("c.json", "--seed 6");
  dance("d.json", "--seed 5 --from 2 --to 6");
  const auto a = json_of(folder / "a.json"), c = json_of(folder / "c.json"), d = json_of(folder / "d.json");
  CHECK(a == json_of(folder / "b.json"));
  CHECK(a["positions"] != c["positions"]);
  CHECK(a["positions"].size() == a["root"].size());
  CHECK(a["seed"] == "5");
  CHECK(a["title"] == "song");
  CHECK(d["positions"].size() == 120);

  const auto evaluate = [&](const std::string& name) {
    const auto ran = run_terpsi("evaluate '" + (folder / name) + "' --song " + song + " --json '" +
                                (folder / "e.json") + "'");
    REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
    return json_of(folder / "e.json");
  };
  const auto e = evaluate("a.json");
  CHECK(e["music_beats"].get<int>() >= 20);
  CHECK(e["bas"].get<double>() > 0);
  CHECK(e["bas"].get<double>() - e["bas_chance"].get<double>() ==
        doctest::Approx(e["bas_excess"].get<double>()));
  CHECK(e["magnitude"].get<double>() > 0);
  CHECK(e.contains("magnitude_ratio"));
  CHECK(e.contains("seam_jerk_ratio"));
  for (const char* wrong : {"--model nonesuch", "--style nonesuch"}) {
    CHECK(run_terpsi("evaluate '" + (folder / "a.bvh") + "' --song " + song + " " + wrong).exit_code == 2);
  }
  for (const char* other : {"a.bvh", "a.dance"}) {
    CHECK(evaluate(other)["magnitude"].get<double>() ==
          doctest::Approx(e["magnitude"].get<double>()).epsilon(0.03));
  }
  const auto ran = run_terpsi("convert '" + (folder / "a.dance") + "' -o '" + (folder / "f.json") + "'");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  const auto f = json_of(folder / "f.json");
  CHECK(f["style"] == a["style"]);
  CHECK(f["model"] == a["model"]);
  REQUIRE(f["positions"].size() == a["positions"].size());
  double worst = 0;
  for (std::size_t i = 0; i < f["positions"].size(); ++i) {
    for (std::size_t j = 0; j < 24; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        const double difference =
            f["positions"][i][j][k].get<double>() - a["positions"][i][j][k].get<double>();
        sum += difference * difference;
      }
      worst = std::max(worst, std::sqrt(sum));
    }
  }
  CHECK(worst < 0.0102);  // the dance file's centimetre, and the rounding of JSON
}

TEST_CASE("cli: a troupe is one file for each dancer, candidates are listed with what they scored") {
  const test::TempFolder folder;
  short_song(folder / "song.wav");
  const std::string song = "dance '" + (folder / "song.wav") + "' -o '";
  const auto ran = run_terpsi(song + (folder / "x.json") + "' --dancers 3 --formation mirror --candidates 3");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  const std::size_t points = ran.output.find("points");
  REQUIRE(points != std::string::npos);
  CHECK(ran.output.find('[', points) != std::string::npos);
  const auto first = json_of(folder / "x.json"), second = json_of(folder / "x-2.json");
  CHECK(first["root"].size() == second["root"].size());
  CHECK(first["root"][0] != second["root"][0]);
  CHECK(json_of(folder / "x-3.json")["rotations"].size() == first["rotations"].size());
  CHECK_FALSE(std::filesystem::exists(folder / "x-4.json"));
  CHECK(run_terpsi(song + (folder / "y.json") + "' --candidates 3 -q").output.empty());
  CHECK_FALSE(std::filesystem::exists(folder / "y-2.json"));
  // The second dancer would be written over the song.
  std::filesystem::copy_file(folder / "song.wav", folder / "z-2.json");
  const auto over =
      run_terpsi("dance '" + (folder / "z-2.json") + "' --dancers 2 -o '" + (folder / "z.json") + "'");
  CHECK(over.exit_code == 2);
}

TEST_CASE("cli: nothing is overwritten by mistake, and failed writes are exit code 5") {
  const test::TempFolder folder;
  short_song(folder / "song.json");  // a song with an unlucky name
  const auto before = native::read_file(folder / "song.json", 1 << 24);
  CHECK(run_terpsi("dance '" + (folder / "song.json") + "' -o '" + (folder / "song.json") + "'").exit_code ==
        2);
  std::filesystem::create_symlink(folder / "song.json", folder / "link.json");
  CHECK(run_terpsi("analyze '" + (folder / "song.json") + "' --json '" + (folder / "link.json") + "'")
            .exit_code == 2);
  CHECK(*native::read_file(folder / "song.json", 1 << 24) == *before);
  CHECK(run_terpsi("dance demo --to 3 -o '" + (folder / "no/folder/x.bvh") + "'").exit_code == 5);
}

TEST_CASE("cli: devices are listed; two of them can be compared") {
  const auto listed = run_terpsi("devices");
  CHECK(listed.exit_code == 0);
  CHECK(listed.output.find("cpu     CPU: usable") != std::string::npos);
  for (const char* name : {"cuda ", "webgpu ", "chosen by auto", "ONNX Runtime "})
    CHECK_MESSAGE(listed.output.find(name) != std::string::npos, listed.output);
  const auto same =
      run_terpsi("bench --model student --device cpu --against cpu --seconds 5 --runs 1 --json -");
  CHECK_MESSAGE(same.exit_code == 0, same.output);
  CHECK(same.output.find("\"most_difference\": 0.0") != std::string::npos);
  CHECK(run_terpsi("bench --device abacus").exit_code == 2);
  CHECK(run_terpsi("bench --seconds 2 --against abacus").exit_code == 4);
}

TEST_CASE("cli: a folder of providers is entered where it holds ONNX Runtime, else warned of") {
  const test::TempFolder folder;
  const auto warned = run_terpsi("devices", "TERPSI_PROVIDERS='" + folder.path() + "'");
  CHECK(warned.exit_code == 0);
  CHECK(warned.output.find("has no libonnxruntime.so.1") != std::string::npos);
  std::filesystem::create_symlink(native::provider_folder() + "/libonnxruntime.so.1",
                                  folder / "libonnxruntime.so.1");
  const auto entered = run_terpsi("devices", "TERPSI_PROVIDERS='" + folder.path() + "'");
  CHECK(entered.exit_code == 0);
  CHECK_MESSAGE(entered.output.find(" in " + folder.path() + "\n") != std::string::npos, entered.output);
}

TEST_CASE("cli: models and devices that cannot be used are exit code 4") {
  const test::TempFolder folder;
  CHECK(run_terpsi("models --models '" + folder.path() + "'").exit_code == 4);
  CHECK(run_terpsi("dance demo --to 3 -o '" + (folder / "x.bvh") + "' --models '" + folder.path() + "'")
            .exit_code == 4);
  const auto cuda = run_terpsi("dance demo --to 3 -o '" + (folder / "x.bvh") + "' --device cuda");
  CHECK(cuda.exit_code == 4);
  CHECK(cuda.output.find("--device cpu") != std::string::npos);
  // A model that was tampered with.
  std::filesystem::copy(terpsi::project::source_path("models"), folder / "models",
                        std::filesystem::copy_options::recursive);
  const auto manifest = json_of(folder / "models/manifest.json");
  const std::string file = folder / ("models/" + manifest["models"][0]["file"].get<std::string>());
  std::ofstream(file, std::ios::binary | std::ios::app) << "x";
  const auto tampered =
      run_terpsi("dance demo --to 3 -o '" + (folder / "x.bvh") + "' --models '" + (folder / "models") + "'");
  CHECK(tampered.exit_code == 4);
  CHECK(tampered.output.find("SHA-256") != std::string::npos);
}

TEST_CASE("cli: dances that are none are refused") {
  const test::TempFolder folder;
  const std::string huge =
      "{\"format\":\"terpsi-dance\",\"version\":1,\"fps\":30,\"root\":[[0,0,0]],\"rotations\":[[]]}";
  for (const auto& [name, content] : {std::pair<std::string, std::string>{"a.json", "{}"},
                                      {"b.json", huge},
                                      {"c.json", ""},
                                      {"a.dance", "TDNC"},
                                      {"a.bvh", "HIERARCHY"},
                                      {"b.bvh", ""}}) {
    const auto ran =
        run_terpsi("convert '" + folder.write(name, content) + "' -o '" + (folder / "out.bvh") + "'");
    CAPTURE(name);
    CAPTURE(ran.output);
    CHECK(ran.exit_code == 3);
    CHECK_FALSE(std::filesystem::exists(folder / "out.bvh"));
  }
}

TEST_CASE("cli: bench prints ratios to real time") {
  const auto ran = run_terpsi("bench --seconds 5 --runs 1 --json -");
  REQUIRE_MESSAGE(ran.exit_code == 0, ran.output);
  CHECK(ran.output.find("\"real_time_ratio\"") != std::string::npos);
  CHECK(ran.output.find("analysis") != std::string::npos);
}
