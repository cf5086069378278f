#include "native/decode/decode_answer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace terpsi::native {
namespace {

constexpr std::array<char, 8> kMagic = {'t', 'e', 'r', 'p', 's', 'i', 'd', '1'};
constexpr std::size_t kMaxText = 1000;
constexpr auto kMaxSamples = static_cast<std::uint64_t>(limits::kMaxAudioSeconds * audio::kAnalysisRate) + 1;
constexpr std::uint32_t kMaxBeats = 20000;  // 15 minutes at over 1300 a minute
constexpr int kMaxBeatsPerBar = 12;
constexpr std::size_t kPiece = std::size_t{1} << 20;

// Both sides are the same executable: its own memory layout will do.
struct Head {
  std::array<char, 8> magic = kMagic;
  std::int32_t error = -1;  // ErrorCode, -1: none
  std::uint32_t text = 0;   // bytes of the error's message, or of the warning
  std::uint32_t format = 0;
  std::int32_t channels = 0;
  std::uint64_t samples = 0;
  std::uint32_t has_metre = 0;
  std::uint32_t beats = 0;
  std::int32_t beats_per_bar = 0;
  std::int32_t unused = 0;
  double bpm = 0;
  double confidence = 0;
};
static_assert(std::is_trivially_copyable_v<Head>);

// Our sentences are plain ASCII; other characters are replaced.
bool read_text(const ReadBytes& read, std::size_t bytes, std::string& text) {
  if (bytes > kMaxText) return false;
  text.resize(bytes);
  if (bytes > 0 && !read(text.data(), bytes)) return false;
  for (char& c : text) c = c >= ' ' && c <= '~' ? c : '?';
  return true;
}

template <class T>
bool read_values(const ReadBytes& read, std::uint64_t count, std::vector<T>& values) {
  while (values.size() < count) {
    const std::size_t had = values.size();
    const auto more = std::min<std::uint64_t>(count - had, kPiece / sizeof(T));
    values.resize(had + more);
    if (!read(values.data() + had, more * sizeof(T))) return false;
  }
  return true;
}

bool is_valid(const audio::Metre& metre, double seconds) {
  for (std::size_t i = 0; i < metre.beats.size(); ++i) {
    if (!(metre.beats[i] >= 0 && metre.beats[i] <= seconds)) return false;
    if (i > 0 && !(metre.beats[i] > metre.beats[i - 1])) return false;
    if (metre.beat_in_bar[i] < 1 || metre.beat_in_bar[i] > kMaxBeatsPerBar) return false;
  }
  return metre.beats_per_bar >= 1 && metre.beats_per_bar <= kMaxBeatsPerBar && metre.bpm > 0 &&
         metre.bpm < 1e5 && metre.confidence >= 0 && metre.confidence <= 1;
}

std::optional<audio::Metre> read_metre(const ReadBytes& read, const Head& head, double seconds) {
  if (head.beats > kMaxBeats) return std::nullopt;
  audio::Metre metre;
  metre.beats_per_bar = head.beats_per_bar;
  metre.bpm = head.bpm;
  metre.confidence = head.confidence;
  if (!read_values(read, head.beats, metre.beats) || !read_values(read, head.beats, metre.beat_in_bar))
    return std::nullopt;
  return is_valid(metre, seconds) ? std::optional(std::move(metre)) : std::nullopt;
}

}  // namespace

bool send_answer(const Result<DecodedSong>& song, const SendBytes& send) {
  Head head;
  if (!song) {
    const std::string text = song.error().message.substr(0, kMaxText);
    head.error = static_cast<std::int32_t>(song.error().code);
    head.text = static_cast<std::uint32_t>(text.size());
    return send(&head, sizeof head) && send(text.data(), text.size());
  }
  const std::string warning = song->warning.substr(0, kMaxText);
  const audio::Metre none, &metre = song->written ? *song->written : none;
  head.text = static_cast<std::uint32_t>(warning.size());
  head.format = static_cast<std::uint32_t>(song->format.size());
  head.channels = song->channels;
  head.samples = song->pcm.samples.size();
  head.has_metre = song->written ? 1 : 0;
  head.beats = static_cast<std::uint32_t>(metre.beats.size());
  head.beats_per_bar = metre.beats_per_bar;
  head.bpm = metre.bpm;
  head.confidence = metre.confidence;
  return send(&head, sizeof head) && send(warning.data(), warning.size()) &&
         send(song->format.data(), song->format.size()) &&
         send(song->pcm.samples.data(), song->pcm.samples.size() * sizeof(float)) &&
         send(metre.beats.data(), metre.beats.size() * sizeof(double)) &&
         send(metre.beat_in_bar.data(), metre.beat_in_bar.size() * sizeof(int));
}

std::optional<Result<DecodedSong>> read_answer(const ReadBytes& read) {
  Head head;
  if (!read(&head, sizeof head) || head.magic != kMagic) return std::nullopt;
  std::string text;
  if (!read_text(read, head.text, text)) return std::nullopt;
  if (head.error != -1) {
    if (head.error < 0 || head.error > static_cast<std::int32_t>(ErrorCode::internal) || text.empty())
      return std::nullopt;
    return Result<DecodedSong>(Error{static_cast<ErrorCode>(head.error), std::move(text)});
  }
  DecodedSong song;
  song.warning = std::move(text);
  song.channels = head.channels;
  if (head.channels < 1 || head.channels > limits::kMaxChannels) return std::nullopt;
  if (head.samples < 1 || head.samples > kMaxSamples) return std::nullopt;
  if (!read_text(read, head.format, song.format)) return std::nullopt;
  if (!read_values(read, head.samples, song.pcm.samples)) return std::nullopt;
  if (head.has_metre != 0) {
    song.written = read_metre(read, head, song.pcm.seconds());
    if (!song.written) return std::nullopt;
  }
  return Result<DecodedSong>(std::move(song));
}

}  // namespace terpsi::native
