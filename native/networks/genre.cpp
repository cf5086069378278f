#include "native/networks/genre.h"

#include <algorithm>
#include <utility>

#include "audio/hear/mu_law.h"
#include "base/statistics.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kBatch = 16;  // moments or windows in one evaluation
constexpr auto kSamples = static_cast<std::size_t>(manifest::kEncoderSamples);
constexpr auto kColumns = static_cast<std::size_t>(manifest::kEncoderColumns);

}  // namespace

double GenreReading::share(int genre_index) const {
  if (windows.empty()) return 0;
  return static_cast<double>(std::count(windows.begin(), windows.end(), genre_index)) /
         static_cast<double>(windows.size());
}

double GenreReading::median_bpm() const {
  return median({bpm.begin(), bpm.end()});
}

Result<GenreListener> GenreListener::load(std::span<const std::uint8_t> encoder,
                                          std::span<const std::uint8_t> classifier,
                                          const manifest::GenreInfo& info) {
  const auto genres = static_cast<std::int64_t>(info.genres.size());
  auto ear = Network::load(encoder, info.encoder.name,
                           {{{"audio", {kFreeSize, manifest::kEncoderSamples}}},
                            {{"bpm", {kFreeSize}}, {"embedding", {kFreeSize, manifest::kEncoderColumns}}}});
  if (!ear) return ear.error();
  auto judge = Network::load(classifier, info.classifier.name,
                             {{{"embedding", {kFreeSize, info.window, manifest::kEncoderColumns}}},
                              {{"probability", {kFreeSize, genres}}}});
  if (!judge) return judge.error();
  return GenreListener(std::move(*ear), std::move(*judge), info);
}

// The sound around every moment -> bpm and embedding. The song is surrounded by silence.
Status GenreListener::describe(std::span<const float> sound, std::size_t moments, GenreReading& found) {
  found.bpm.resize(moments);
  found.embedding.resize(moments * kColumns);
  std::vector<float> padded(sound.size() + 2 * kSamples);
  std::copy_n(sound.data(), sound.size(), padded.data() + kSamples / 2);
  std::vector<float> input;
  for (std::size_t first = 0; first < moments; first += kBatch) {
    const std::size_t batch = std::min(kBatch, moments - first);
    input.resize(batch * kSamples);
    for (std::size_t i = 0; i < batch; ++i) {
      const std::size_t at = (first + i) * audio::kAnalysisRate / static_cast<std::size_t>(info_.per_second);
      std::copy_n(padded.data() + at, kSamples, input.data() + i * kSamples);
    }
    auto status = encoder_.run(static_cast<std::int64_t>(batch), {input},
                               {std::span(found.bpm).subspan(first, batch),
                                std::span(found.embedding).subspan(first * kColumns, batch * kColumns)});
    if (!status) return status;
  }
  return ok_status();
}

// Windows of embeddings -> probabilities, the genre of each and of most.
Status GenreListener::classify(GenreReading& found) {
  const auto window = static_cast<std::size_t>(info_.window), hop = static_cast<std::size_t>(info_.hop);
  const std::size_t genres = info_.genres.size(), moments = found.bpm.size();
  const std::size_t count = (moments - window) / hop + 1;
  found.probabilities.resize(count * genres);
  std::vector<float> input;
  for (std::size_t first = 0; first < count; first += kBatch) {
    const std::size_t batch = std::min(kBatch, count - first);
    input.resize(batch * window * kColumns);
    for (std::size_t i = 0; i < batch; ++i) {
      std::copy_n(found.embedding.data() + (first + i) * hop * kColumns, window * kColumns,
                  input.data() + i * window * kColumns);
    }
    auto status = classifier_.run(static_cast<std::int64_t>(batch), {input},
                                  {std::span(found.probabilities).subspan(first * genres, batch * genres)});
    if (!status) return status;
  }
  std::vector<int> votes(genres);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(found.probabilities).subspan(i * genres, genres);
    found.windows.push_back(static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
    ++votes[static_cast<std::size_t>(found.windows.back())];
  }
  found.genre = static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin());
  return ok_status();
}

Result<GenreReading> GenreListener::listen(const audio::Pcm& pcm) {
  const auto sound = audio::mu_law_sound(pcm);
  if (!sound) return sound.error();
  const std::size_t moments =
      sound->size() * static_cast<std::size_t>(info_.per_second) / audio::kAnalysisRate;
  if (moments < static_cast<std::size_t>(info_.window)) {
    return Error{ErrorCode::empty,
                 "The song is shorter than the " +
                     std::to_string((info_.window + info_.per_second - 1) / info_.per_second) +
                     " seconds in which a genre is recognised; choose a longer one."};
  }
  GenreReading found;
  if (auto status = describe(*sound, moments, found); !status) return status.error();
  if (auto status = classify(found); !status) return status.error();
  return found;
}

Result<GenreListener> load_genre_listener(const Models& models) {
  if (!models.genre) return models.genre.error();
  const auto encoder = load_weights(models.folder, models.genre->encoder);
  if (!encoder) return encoder.error();
  const auto classifier = load_weights(models.folder, models.genre->classifier);
  if (!classifier) return classifier.error();
  return GenreListener::load(*encoder, *classifier, *models.genre);
}

}  // namespace terpsi::native
