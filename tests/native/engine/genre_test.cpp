#include "native/engine/genre.h"

#include <doctest/doctest.h>

#include <cmath>

#include "native/engine/tiny_recogniser.h"
#include "native/io/file.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::GenreListener;

namespace {

const std::string kModels = TERPSI_SOURCE_DIR "/models";

std::vector<std::uint8_t> bytes_in(const std::string& file) {
  auto bytes = native::read_file(kModels + "/" + file, 1u << 24);
  REQUIRE(bytes);
  return *bytes;
}

generate::GenreInfo shipped_info() {
  const auto manifest = bytes_in("manifest.json");
  auto info = generate::parse_genres({reinterpret_cast<const char*>(manifest.data()), manifest.size()});
  REQUIRE_MESSAGE(info, info.error().message);
  return *info;
}

// Ticks in noise, `seconds` long.
audio::Pcm ticking(double seconds) {
  audio::Pcm pcm;
  pcm.samples.resize(static_cast<std::size_t>(seconds * audio::kAnalysisRate));
  std::uint32_t state = 7;
  for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
    state = state * 1664525u + 1013904223u;
    const float noise = static_cast<float>(state >> 8) / 16777216.f - 0.5f;
    const auto since = static_cast<float>(i % 11025) / 400.f;
    pcm.samples[i] = noise * (0.02f + std::exp(-since));
  }
  return pcm;
}

}  // namespace

TEST_CASE("genre: bytes that are no network, or another network, are refused with a reason") {
  const auto info = shipped_info();
  const auto encoder = bytes_in(info.encoder.file), classifier = bytes_in(info.classifier.file);
  const auto refused = [&](const std::vector<std::uint8_t>& first, const std::vector<std::uint8_t>& second,
                           const generate::GenreInfo& about, const std::string& named) {
    const auto loaded = GenreListener::load(first, second, about);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::bad_format);
    CHECK_MESSAGE(loaded.error().message.find(named) != std::string::npos, loaded.error().message);
  };
  const std::string first = "\"" + info.encoder.name + "\"", second = "\"" + info.classifier.name + "\"";
  refused({}, classifier, info, first + " cannot be loaded");
  refused(encoder, {1, 2, 3}, info, second + " cannot be loaded");
  refused(classifier, encoder, info, first + " does not fit");
  refused(encoder, test::HighOrLow().onnx(), info, second + " does not fit");
  auto other = info;
  other.window = 31;
  refused(encoder, classifier, other, second + " does not fit");
  other = info;
  other.genres.push_back("polka");
  refused(encoder, classifier, other, second + " does not fit");
}

TEST_CASE("genre: sound that cannot be judged is refused") {
  auto listener = native::load_genre_listener(kModels);
  REQUIRE_MESSAGE(listener, listener.error().message);
  CHECK(listener->listen({}).error().code == ErrorCode::empty);
  audio::Pcm silence;
  silence.samples.assign(220500, 0.f);
  CHECK(listener->listen(silence).error().code == ErrorCode::empty);
  const double window = static_cast<double>(listener->info().window) / listener->info().per_second;
  CHECK(listener->listen(ticking(window - 0.1)).error().code == ErrorCode::empty);
  CHECK(listener->listen(ticking(window + 0.1)));
  auto broken = ticking(6);
  broken.samples[100] = std::nanf("");
  CHECK(listener->listen(broken).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("genre: a song is described at every moment, and judged in windows") {
  auto listener = native::load_genre_listener(kModels);
  REQUIRE(listener);
  const auto& info = listener->info();
  const auto pcm = ticking(8);
  const auto found = listener->listen(pcm);
  REQUIRE_MESSAGE(found, found.error().message);
  const std::size_t moments = 8 * static_cast<std::size_t>(info.per_second);
  REQUIRE(found->bpm.size() == moments);
  REQUIRE(found->embedding.size() == moments * generate::kEncoderColumns);
  const std::size_t windows =
      (moments - static_cast<std::size_t>(info.window)) / static_cast<std::size_t>(info.hop) + 1;
  REQUIRE(found->windows.size() == windows);
  REQUIRE(found->probabilities.size() == windows * info.genres.size());
  for (std::size_t i = 0; i < windows; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < info.genres.size(); ++k)
      sum += static_cast<double>(found->probabilities[i * info.genres.size() + k]);
    CHECK(sum == doctest::Approx(1).epsilon(1e-4));
  }
  double shares = 0;
  for (std::size_t k = 0; k < info.genres.size(); ++k) {
    const auto genre = static_cast<int>(k);
    shares += found->share(genre);
    CHECK(found->share(found->genre) >= found->share(genre));
  }
  CHECK(shares == doctest::Approx(1));
  for (const float bpm : found->bpm) CHECK(std::isfinite(bpm));
  CHECK(found->median_bpm() > 20);
  CHECK(found->median_bpm() < 300);

  const auto again = listener->listen(pcm);
  REQUIRE(again);
  CHECK(again->bpm == found->bpm);
  CHECK(again->probabilities == found->probabilities);
  // What is heard depends on the sound, not on its level; the middle of the song not on its end.
  auto softer = pcm;
  for (float& x : softer.samples) x *= 0.25f;
  CHECK(listener->listen(softer)->bpm == found->bpm);
  auto slower = pcm;
  for (std::size_t i = 0; i < slower.samples.size(); ++i) slower.samples[i] = pcm.samples[i / 2];
  CHECK(listener->listen(slower)->bpm != found->bpm);
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
  CHECK(native::load_genre_listener(folder.path()).error().code == ErrorCode::not_found);
  const auto manifest = bytes_in("manifest.json");
  folder.write("manifest.json", std::string(manifest.begin(), manifest.end()));
  CHECK(native::load_genre_listener(folder.path()).error().code == ErrorCode::io);
  const auto info = shipped_info();
  const auto encoder = bytes_in(info.encoder.file), classifier = bytes_in(info.classifier.file);
  folder.write(info.encoder.file, std::string(encoder.begin(), encoder.end()));
  CHECK(native::load_genre_listener(folder.path()).error().code == ErrorCode::io);
  folder.write(info.classifier.file, std::string(classifier.begin(), classifier.end()));
  CHECK(native::load_genre_listener(folder.path()));
  folder.write(info.classifier.file, std::string(encoder.begin(), encoder.end()));
  CHECK(native::load_genre_listener(folder.path()).error().code == ErrorCode::bad_format);
}
