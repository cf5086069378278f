#include "native/networks/genre.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "audio/hear/mu_law.h"
#include "base/hash.h"
#include "native/networks/tiny_encoder.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::GenreListener;
using test::kGenreHop;
using test::kGenrePerSecond;
using test::kGenreWindow;
using test::LoudnessEncoder;

namespace {

// A tone, loud for `loud` seconds and then soft.
audio::Pcm tone(double loud, double soft) {
  audio::Pcm pcm;
  const auto change = static_cast<std::size_t>(loud * audio::kAnalysisRate);
  pcm.samples.resize(change + static_cast<std::size_t>(soft * audio::kAnalysisRate));
  for (std::size_t i = 0; i < pcm.samples.size(); ++i)
    pcm.samples[i] = (i < change ? 0.5f : 0.02f) * std::sin(0.1f * static_cast<float>(i));
  return pcm;
}

Result<GenreListener> load(const std::string& folder) {
  return native::load_genre_listener(native::open_models(folder));
}

Result<GenreListener> tiny() {
  return GenreListener::load(LoudnessEncoder().onnx(), test::loud_or_soft().onnx(), test::tiny_genres());
}

}  // namespace

TEST_CASE("genre: bytes that are not a network, or another network, are refused with a reason") {
  const auto refused = [](const std::vector<std::uint8_t>& encoder, const std::vector<std::uint8_t>& judge,
                          const std::string& about) {
    const auto loaded = GenreListener::load(encoder, judge, test::tiny_genres());
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::bad_format);
    CHECK_MESSAGE(loaded.error().message.find(about) != std::string::npos, loaded.error().message);
  };
  const auto ear = LoudnessEncoder().onnx(), judge = test::loud_or_soft().onnx();
  refused({}, judge, "\"ear\" cannot be loaded");
  refused(ear, {1, 2, 3}, "\"judge\" cannot be loaded");
  refused(judge, judge, "no input named audio");
  refused(LoudnessEncoder{.input = "sound"}.onnx(), judge, "no input named audio");
  refused(LoudnessEncoder{.samples = 22050}.onnx(), judge, "audio has the shape [B, 22050], not [B, 44100]");
  refused(LoudnessEncoder{.output = "code"}.onnx(), judge, "no output named embedding");
  refused(LoudnessEncoder{.columns = 64}.onnx(), judge, "embedding has the shape [B, 64], not [B, 128]");
  refused(ear, ear, "no input named embedding");
  auto other = test::loud_or_soft();
  other.window = 7;
  refused(ear, other.onnx(), "embedding has the shape [B, 7, 128], not [B, 6, 128]");
  other = test::loud_or_soft();
  other.styles = 3;
  refused(ear, other.onnx(), "probability has the shape [B, 3], not [B, 2]");
}

TEST_CASE("genre: sound that cannot be judged is refused") {
  auto listener = tiny();
  REQUIRE_MESSAGE(listener, listener.error().message);
  CHECK(listener->listen({}).error().code == ErrorCode::empty);
  audio::Pcm silence;
  silence.samples.assign(220500, 0.f);
  CHECK(listener->listen(silence).error().code == ErrorCode::empty);
  CHECK(listener->listen(tone(1.4, 0)).error().code == ErrorCode::empty);
  CHECK(listener->listen(tone(1.5, 0)));
  auto broken = tone(6, 0);
  broken.samples[100] = std::nanf("");
  CHECK(listener->listen(broken).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("genre: a song is described at every moment by the two seconds around it, and judged in windows") {
  auto listener = tiny();
  REQUIRE(listener);
  const auto pcm = tone(10, 6);
  const auto found = listener->listen(pcm);
  REQUIRE_MESSAGE(found, found.error().message);
  constexpr std::size_t kMoments = 16 * kGenrePerSecond;
  REQUIRE(found->bpm.size() == kMoments);
  REQUIRE(found->embedding.size() == kMoments * manifest::kEncoderColumns);
  const auto sound = audio::mu_law_sound(pcm);
  REQUIRE(sound);
  for (const std::size_t k : {0u, 1u, 15u, 16u, 17u, 39u, 40u, 41u, 63u}) {
    const auto centre = static_cast<std::ptrdiff_t>(k * audio::kAnalysisRate / kGenrePerSecond);
    double sum = 0;
    for (std::ptrdiff_t i = centre - 22050; i < centre + 22050; ++i) {
      if (i >= 0 && i < static_cast<std::ptrdiff_t>(sound->size()))
        sum += std::abs(static_cast<double>((*sound)[static_cast<std::size_t>(i)]));
    }
    CHECK(static_cast<double>(found->bpm[k]) == doctest::Approx(10 * sum / 44100).epsilon(1e-4));
    CHECK(found->embedding[k * manifest::kEncoderColumns + 127] == doctest::Approx(found->bpm[k]));
  }
  const std::size_t windows = (kMoments - kGenreWindow) / kGenreHop + 1;
  REQUIRE(found->windows.size() == windows);
  REQUIRE(found->probabilities.size() == windows * 2);
  for (std::size_t i = 0; i < windows; ++i) {
    double mean = 0;
    for (std::size_t k = i * kGenreHop; k < i * kGenreHop + kGenreWindow; ++k)
      mean += static_cast<double>(found->bpm[k]) / kGenreWindow;
    CHECK(static_cast<double>(found->probabilities[2 * i]) ==
          doctest::Approx(1 / (1 + std::exp(14 - 20 * mean))).epsilon(1e-3));
    CHECK(found->windows[i] == (mean > 0.7 ? 0 : 1));
  }
  CHECK(found->genre == 0);
  CHECK(found->share(0) > 0.5);
  CHECK(found->share(0) + found->share(1) == doctest::Approx(1));
  CHECK(listener->listen(tone(4, 12))->genre == 1);

  CHECK(listener->listen(pcm)->probabilities == found->probabilities);
  auto faint = pcm;
  for (float& x : faint.samples) x *= 0.25f;
  CHECK(listener->listen(faint)->windows == found->windows);
}

TEST_CASE("genre: without readings nothing is claimed") {
  native::GenreReading none;
  CHECK(none.share(0) == 0);
  CHECK(none.median_bpm() == 0);
  none.bpm = {90, 100, 200, 30};
  CHECK(none.median_bpm() == 95);
  none.bpm.push_back(91);
  CHECK(none.median_bpm() == 91);
}

TEST_CASE("genre: comes from the models folder, whose files must be those described") {
  const test::TempFolder folder;
  CHECK(load(folder.path()).error().code == ErrorCode::not_found);
  folder.write("manifest.json", "{\"models\":[]}");
  CHECK(load(folder.path()).error().code == ErrorCode::not_found);
  const auto as_text = [](const std::vector<std::uint8_t>& bytes) {
    return std::string(bytes.begin(), bytes.end());
  };
  const std::string ear = as_text(LoudnessEncoder().onnx()), judge = as_text(test::loud_or_soft().onnx());
  const auto entry = [](const std::string& name, const std::string& content) {
    return nlohmann::json{{"name", name},
                          {"file", name + ".onnx"},
                          {"sha256", sha256_hex(bytes_of(content))},
                          {"bytes", content.size()},
                          {"licence", "MIT"},
                          {"card", name + ".md"},
                          {"input_version", 1},
                          {"embedding", manifest::kEncoderColumns}};
  };
  nlohmann::json encoder = entry("ear", ear), classifier = entry("judge", judge);
  encoder["sample_rate"] = audio::kAnalysisRate;
  encoder["samples"] = manifest::kEncoderSamples;
  classifier["encoder"] = "ear";
  classifier["window"] = kGenreWindow;
  classifier["hop"] = kGenreHop;
  classifier["per_second"] = kGenrePerSecond;
  classifier["genres"] = {"loud", "soft"};
  folder.write("manifest.json", nlohmann::json{{"encoders", {encoder}}, {"genres", {classifier}}}.dump());
  CHECK(load(folder.path()).error().code == ErrorCode::not_found);
  folder.write("ear.onnx", ear);
  CHECK(load(folder.path()).error().code == ErrorCode::not_found);
  folder.write("judge.onnx", judge);
  auto loaded = load(folder.path());
  REQUIRE_MESSAGE(loaded, loaded.error().message);
  CHECK(loaded->info().genres == std::vector<std::string>{"loud", "soft"});
  CHECK(loaded->listen(tone(0.5, 7.5))->genre == 1);
  folder.write("judge.onnx", judge + "x");
  CHECK(load(folder.path()).error().code == ErrorCode::bad_format);
}
