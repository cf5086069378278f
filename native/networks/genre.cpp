#include "native/networks/genre.h"

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <array>

#include "audio/hear/mu_law.h"
#include "base/limits.h"
#include "base/statistics.h"
#include "native/io/file.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kBatch = 16;  // moments or windows in one evaluation
constexpr auto kSamples = static_cast<std::size_t>(manifest::kEncoderSamples);
constexpr auto kColumns = static_cast<std::size_t>(manifest::kEncoderColumns);

// Throws Ort::Exception. The first dimension must be free.
bool is_batch_of(const Ort::TypeInfo& found, std::vector<std::int64_t> each) {
  if (found.GetONNXType() != ONNX_TYPE_TENSOR) return false;
  const auto info = found.GetTensorTypeAndShapeInfo();
  const auto shape = info.GetShape();
  return info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && shape.size() == each.size() + 1 &&
         shape[0] < 0 &&
         std::equal(each.begin(), each.end(), shape.begin() + 1,
                    [](std::int64_t want, std::int64_t is) { return is < 0 || is == want; });
}

struct Tensor {
  const char* name;
  std::vector<std::int64_t> each;  // its shape without the batch
};

// Throws Ort::Exception. Empty when the network has exactly these.
std::string check_contract(const Ort::Session& session, const Tensor& in, const std::vector<Tensor>& out) {
  Ort::AllocatorWithDefaultOptions allocator;
  if (session.GetInputCount() != 1 || session.GetOutputCount() != out.size())
    return "it must have one input and " + std::to_string(out.size()) + " output" +
           (out.size() > 1 ? "s" : "");
  if (session.GetInputNameAllocated(0, allocator).get() != std::string_view(in.name) ||
      !is_batch_of(session.GetInputTypeInfo(0), in.each))
    return std::string("its input is not ") + in.name + " of the right shape";
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (session.GetOutputNameAllocated(i, allocator).get() != std::string_view(out[i].name) ||
        !is_batch_of(session.GetOutputTypeInfo(i), out[i].each))
      return std::string("its output is not ") + out[i].name + " of the right shape";
  }
  return {};
}

}  // namespace

double GenreReading::share(int genre_index) const {
  if (windows.empty()) return 0;
  return static_cast<double>(std::count(windows.begin(), windows.end(), genre_index)) /
         static_cast<double>(windows.size());
}

double GenreReading::median_bpm() const {
  return median({bpm.begin(), bpm.end()});
}

struct GenreListener::State {
  Ort::Env env{ORT_LOGGING_LEVEL_FATAL, "terpsi"};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session encoder{nullptr}, classifier{nullptr};
  manifest::GenreInfo info;

  // Throws Ort::Exception.
  Ort::Value tensor(std::span<float> values, std::vector<std::int64_t> shape) {
    return Ort::Value::CreateTensor<float>(memory, values.data(), values.size(), shape.data(), shape.size());
  }

  // Throws Ort::Exception. The sound around every moment -> bpm and embedding. Silence surrounds the song.
  void describe(std::span<const float> sound, std::size_t moments, GenreReading& found) {
    found.bpm.resize(moments);
    found.embedding.resize(moments * kColumns);
    constexpr const char* kIn = "audio";
    constexpr std::array<const char*, 2> kOut = {"bpm", "embedding"};
    std::vector<float> padded(sound.size() + 2 * kSamples);
    std::copy_n(sound.data(), sound.size(), padded.data() + kSamples / 2);
    std::vector<float> input;
    for (std::size_t first = 0; first < moments; first += kBatch) {
      const std::size_t batch = std::min(kBatch, moments - first);
      const auto b = static_cast<std::int64_t>(batch);
      input.resize(batch * kSamples);
      for (std::size_t i = 0; i < batch; ++i) {
        const std::size_t at = (first + i) * audio::kAnalysisRate / static_cast<std::size_t>(info.per_second);
        std::copy_n(padded.data() + at, kSamples, input.data() + i * kSamples);
      }
      const Ort::Value x = tensor(input, {b, manifest::kEncoderSamples});
      std::array<Ort::Value, 2> y = {
          tensor(std::span(found.bpm).subspan(first, batch), {b}),
          tensor(std::span(found.embedding).subspan(first * kColumns, batch * kColumns),
                 {b, manifest::kEncoderColumns})};
      encoder.Run(Ort::RunOptions{nullptr}, &kIn, &x, 1, kOut.data(), y.data(), 2);
    }
  }

  // Throws Ort::Exception. Windows of embeddings -> probabilities.
  void classify(GenreReading& found) {
    constexpr const char* kIn = "embedding";
    constexpr const char* kOut = "probability";
    const auto window = static_cast<std::size_t>(info.window), hop = static_cast<std::size_t>(info.hop);
    const std::size_t genres = info.genres.size(), moments = found.bpm.size();
    const std::size_t count = (moments - window) / hop + 1;
    found.probabilities.resize(count * genres);
    std::vector<float> input;
    for (std::size_t first = 0; first < count; first += kBatch) {
      const std::size_t batch = std::min(kBatch, count - first);
      const auto b = static_cast<std::int64_t>(batch);
      input.resize(batch * window * kColumns);
      for (std::size_t i = 0; i < batch; ++i) {
        std::copy_n(found.embedding.data() + (first + i) * hop * kColumns, window * kColumns,
                    input.data() + i * window * kColumns);
      }
      const Ort::Value x = tensor(input, {b, info.window, manifest::kEncoderColumns});
      Ort::Value y = tensor(std::span(found.probabilities).subspan(first * genres, batch * genres),
                            {b, static_cast<std::int64_t>(genres)});
      classifier.Run(Ort::RunOptions{nullptr}, &kIn, &x, 1, &kOut, &y, 1);
    }
    std::vector<int> votes(genres);
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = std::span(found.probabilities).subspan(i * genres, genres);
      found.windows.push_back(static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
      ++votes[static_cast<std::size_t>(found.windows.back())];
    }
    found.genre = static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin());
  }
};

GenreListener::GenreListener(std::unique_ptr<State> state) : state_(std::move(state)) {}
GenreListener::GenreListener(GenreListener&&) noexcept = default;
GenreListener& GenreListener::operator=(GenreListener&&) noexcept = default;
GenreListener::~GenreListener() = default;

Result<GenreListener> GenreListener::load(std::span<const std::uint8_t> encoder,
                                          std::span<const std::uint8_t> classifier,
                                          const manifest::GenreInfo& info) {
  std::string loading = info.encoder.name;
  try {
    auto state = std::make_unique<State>();
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.SetInterOpNumThreads(1);
    const auto genres = static_cast<std::int64_t>(info.genres.size());
    state->encoder = Ort::Session(state->env, encoder.data(), encoder.size(), options);
    auto wrong = check_contract(state->encoder, {"audio", {manifest::kEncoderSamples}},
                                {{"bpm", {}}, {"embedding", {manifest::kEncoderColumns}}});
    if (wrong.empty()) {
      loading = info.classifier.name;
      state->classifier = Ort::Session(state->env, classifier.data(), classifier.size(), options);
      wrong = check_contract(state->classifier, {"embedding", {info.window, manifest::kEncoderColumns}},
                             {{"probability", {genres}}});
    }
    if (!wrong.empty()) {
      return Error{ErrorCode::bad_format,
                   "the network \"" + loading + "\" does not fit its manifest entry: " + wrong};
    }
    state->info = info;
    return GenreListener(std::move(state));
  } catch (const std::exception& error) {
    return Error{ErrorCode::bad_format, "the network \"" + loading + "\" cannot be loaded: " + error.what()};
  }
}

Result<GenreReading> GenreListener::listen(const audio::Pcm& pcm) {
  State& s = *state_;
  const auto sound = audio::mu_law_sound(pcm);
  if (!sound) return sound.error();
  const std::size_t moments =
      sound->size() * static_cast<std::size_t>(s.info.per_second) / audio::kAnalysisRate;
  if (moments < static_cast<std::size_t>(s.info.window)) {
    return Error{ErrorCode::empty,
                 "The song is shorter than the " +
                     std::to_string((s.info.window + s.info.per_second - 1) / s.info.per_second) +
                     " seconds in which a genre is recognised; choose a longer one."};
  }
  GenreReading found;
  try {
    s.describe(*sound, moments, found);
    s.classify(found);
  } catch (const std::exception& error) {
    return Error{ErrorCode::internal, std::string("the genre networks could not be run: ") + error.what()};
  }
  return found;
}

const manifest::GenreInfo& GenreListener::info() const {
  return state_->info;
}

Result<GenreListener> load_genre_listener(const std::string& folder) {
  const auto manifest = read_file(folder + "/manifest.json", limits::kMaxManifestBytes);
  if (!manifest) return manifest.error();
  const auto info =
      manifest::parse_genres({reinterpret_cast<const char*>(manifest->data()), manifest->size()});
  if (!info) return info.error();
  std::array<std::vector<std::uint8_t>, 2> weights;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& wanted = i == 0 ? info->encoder : info->classifier;
    auto bytes = load_weights(folder, wanted);
    if (!bytes && bytes.error().code == ErrorCode::not_found)
      return Error{ErrorCode::io, bytes.error().message};
    if (!bytes) return bytes.error();
    weights[i] = std::move(*bytes);
  }
  return GenreListener::load(weights[0], weights[1], *info);
}

}  // namespace terpsi::native
