#include "native/decode/decode.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include "audio/resample.h"
#include "base/limits.h"
#include "native/decode/sniff.h"
#include "native/decode/song_file.h"
#include "native/io/descriptor.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kHeadBytes = 4096, kTailBytes = 65536;
constexpr sf_count_t kBlockFrames = 8192;

std::string format_name(int format) {
  const int kind = format & SF_FORMAT_SUBMASK, type = format & SF_FORMAT_TYPEMASK;
  if (kind == SF_FORMAT_VORBIS) return "Ogg Vorbis";
  if (kind == SF_FORMAT_OPUS) return "Opus";
  if (kind == SF_FORMAT_MPEG_LAYER_I || kind == SF_FORMAT_MPEG_LAYER_II) return "MPEG audio";
  if (kind == SF_FORMAT_MPEG_LAYER_III) return "MP3";
  return type == SF_FORMAT_FLAC   ? "FLAC"
         : type == SF_FORMAT_OGG  ? "Ogg"
         : type == SF_FORMAT_AIFF ? "AIFF"
                                  : "WAV";
}

Error too_long(double seconds) {
  char text[160];
  std::snprintf(text, sizeof text,
                "the song is %.0f minutes long; at most %.0f minutes can be danced at once: choose a part "
                "with --from and --to",
                seconds / 60, limits::kMaxAudioSeconds / 60);
  return {ErrorCode::too_large, text};
}

Status check_header(const SF_INFO& info) {
  if (info.channels < 1 || info.channels > limits::kMaxChannels) {
    return Error{ErrorCode::too_large, "the song has " + std::to_string(info.channels) +
                                           " channels; at most " + std::to_string(limits::kMaxChannels) +
                                           " are mixed here: convert it to stereo first"};
  }
  if (info.samplerate < limits::kMinSampleRate || info.samplerate > limits::kMaxSampleRate) {
    return Error{ErrorCode::unsupported,
                 "the song's sample rate is " + std::to_string(info.samplerate) +
                     " Hz; it must lie between " + std::to_string(limits::kMinSampleRate) + " and " +
                     std::to_string(limits::kMaxSampleRate) + " Hz: convert it to 44100 Hz first"};
  }
  return ok_status();
}

// The MP3 library reports every oddity of a file on stderr, and libsndfile offers no way to silence it: while
// one of these lives, stderr leads nowhere. For MPEG files only, since it concerns the whole process.
class QuietStderr {
 public:
  explicit QuietStderr(bool quiet) {
    if (!quiet) return;
    std::fflush(stderr);
    const Descriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!nowhere) return;
    saved_ = Descriptor(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    if (saved_) ::dup2(*nowhere, STDERR_FILENO);
  }
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;
  ~QuietStderr() {
    if (saved_) ::dup2(*saved_, STDERR_FILENO);
  }

 private:
  Descriptor saved_;
};

// Collects decoded blocks as mono samples, channels averaged, at the file's rate or resampled meanwhile.
class Collector {
 public:
  Collector(audio::Pcm& to, int rate_in, int rate_out) : to_(to.samples) {
    to.sample_rate = rate_out;
    if (rate_in == rate_out) return;
    stream_.emplace(rate_in, rate_out);
    ready_.resize(stream_->max_output());
  }

  // Frames [skip, count) of a block.
  void add(std::span<const float> block, int channels, sf_count_t skip, sf_count_t count) {
    const float scale = 1.f / static_cast<float>(channels);
    mono_.clear();
    std::vector<float>& mono = stream_ ? mono_ : to_;
    for (sf_count_t i = skip; i < count; ++i) {
      float sum = 0;
      for (int c = 0; c < channels; ++c) sum += block[static_cast<std::size_t>(i * channels + c)];
      mono.push_back(sum * scale);
    }
    frames_ += static_cast<std::size_t>(std::max<sf_count_t>(0, count - skip));
    if (stream_) push(mono_);
  }

  // Flushes what the resampler still holds back; there are `samples` then.
  void finish(std::size_t samples) {
    if (!stream_) return;
    const std::vector<float> silence(1024, 0.f);
    while (to_.size() < samples) push(silence);
    to_.resize(samples);
  }

  std::size_t frames() const { return frames_; }  // taken in

 private:
  void push(std::span<const float> samples) {
    while (!samples.empty()) {
      const auto step = stream_->push(samples, ready_);
      to_.insert(to_.end(), ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(step.written));
      samples = samples.subspan(step.taken);
    }
  }

  std::vector<float>& to_;
  std::optional<audio::ResampleStream> stream_;
  std::vector<float> mono_, ready_;
  std::size_t frames_ = 0;
};

struct DecodeOptions {
  TimeRange range;
  int rate = 0;          // of the result; 0: the file's own
  bool quiet = true;     // stderr leads nowhere while an MPEG file is decoded
  bool trusting = true;  // a header that promises too long a song is a lie if the file is short
};

Error unknown_kind() {
  return {ErrorCode::bad_format,
          std::string("the song file is damaged or of a kind that is not known here (") +
              sf_strerror(nullptr) + "); use " + kSongFormats};
}

// What the first bytes say.
Status check_head(const SongFile& file, std::span<const std::uint8_t> head, bool trusting) {
  if (auto status = check_song_head(head); !status) return status;
  if (file.size > limits::kMaxAudioFileBytes) {
    return Error{ErrorCode::too_large, "the song file is larger than " +
                                           std::to_string(limits::kMaxAudioFileBytes >> 20) +
                                           " MB; cut it or compress it (e.g. to FLAC or MP3) first"};
  }
  const double claimed = trusting ? 0 : wav_header_seconds(head);
  if (claimed > limits::kMaxAudioSeconds) return too_long(claimed);
  return ok_status();
}

// The length that libsndfile reports.
struct Length {
  bool known = false;
  bool exact = true;   // else estimated from the bit rate, and perhaps far off
  double seconds = 0;  // 0: unknown
};

Length length_of(const SF_INFO& info, const SongFile& file, std::span<const std::uint8_t> head) {
  const bool is_mpeg = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
  Length length;
  length.exact = !is_mpeg || mp3_length_is_exact(read_part(file, id3_bytes(head), kHeadBytes));
  length.known = info.frames > 0 && info.frames < SF_COUNT_MAX;
  if (length.known) length.seconds = static_cast<double>(info.frames) / info.samplerate;
  return length;
}

// Frames of a file.
struct FrameRange {
  sf_count_t first, last, most;
};

FrameRange frames_of(TimeRange range, double rate) {
  return {static_cast<sf_count_t>(std::llround(std::min(range.from, 1e7) * rate)),
          static_cast<sf_count_t>(std::llround(std::min(range.to, 1e7) * rate)),
          static_cast<sf_count_t>(limits::kMaxAudioSeconds * rate)};
}

// Reads up to `wanted.last` or the end. The position reached; -1: more than `wanted.most` frames.
sf_count_t read_frames(SNDFILE* sound, int channels, const FrameRange& wanted, Collector& collector) {
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames * channels));
  sf_count_t position = 0;
  while (position < wanted.last) {
    const sf_count_t got =
        sf_readf_float(sound, block.data(), std::min(kBlockFrames, wanted.last - position));
    if (got <= 0) break;
    collector.add(block, channels, std::clamp<sf_count_t>(wanted.first - position, 0, got), got);
    if (static_cast<sf_count_t>(collector.frames()) > wanted.most) return -1;
    position += got;
  }
  return position;
}

// Whether the end that was reached at `position` is that of a damaged file.
bool ends_early(SNDFILE* sound, sf_count_t position, const SF_INFO& info, const Length& length,
                const SongFile& file, std::span<const std::uint8_t> head) {
  const std::uint64_t size = file.size;
  const auto tail = read_part(file, size > kTailBytes ? size - kTailBytes : 0, kTailBytes);
  return sf_error(sound) != SF_ERR_NO_ERROR ||
         (length.known && length.exact && position < info.frames - info.samplerate / 10) ||
         looks_truncated(head, tail, size);
}

Result<DecodedSong> decode(SongFile& file, const DecodeOptions& options) {
  const TimeRange range = options.range;
  if (auto status = check_range(range); !status) return status.error();
  const auto head = read_part(file, 0, kHeadBytes);
  if (auto status = check_head(file, head, options.trusting); !status) return status.error();

  const QuietStderr quiet(options.quiet && looks_like_mpeg(head));
  SF_INFO info{};
  const Sound sound = open_sound(file, info);
  if (!sound) return unknown_kind();
  if (auto status = check_header(info); !status) return status.error();

  const double rate = info.samplerate;
  const Length length = length_of(info, file, head);
  const double seconds = std::min(range.to, length.seconds) - range.from;
  if (seconds > limits::kMaxAudioSeconds * (length.exact ? 1 : 2)) return too_long(seconds);

  DecodedSong song;
  song.format = format_name(info.format);
  song.channels = info.channels;
  const int rate_out = options.rate > 0 ? options.rate : info.samplerate;
  const double ratio = rate_out / rate;
  const FrameRange wanted = frames_of(range, rate);
  Collector collector(song.pcm, info.samplerate, rate_out);
  if (seconds > 0) {
    const double frames = std::min(static_cast<double>(wanted.most), seconds * rate);
    song.pcm.samples.reserve(static_cast<std::size_t>(frames * ratio) + 1);
  }
  const sf_count_t position = read_frames(sound.get(), info.channels, wanted, collector);
  if (position < 0) return too_long(static_cast<double>(collector.frames()) / rate);
  collector.finish(static_cast<std::size_t>(std::llround(static_cast<double>(collector.frames()) * ratio)));

  if (position < wanted.last && ends_early(sound.get(), position, info, length, file, head)) {
    char text[120];
    std::snprintf(text, sizeof text,
                  "the song file is cut short or damaged; the first %.1f s could be decoded",
                  static_cast<double>(position) / rate);
    song.warning = text;
  }
  if (!song.pcm.samples.empty()) return song;
  if (position > 0)
    return Error{ErrorCode::empty, "the song ends before the chosen part begins; choose an earlier --from"};
  return Error{ErrorCode::empty, "the song file holds no sound; use another file"};
}

}  // namespace

Status check_range(TimeRange range) {
  if (range.from >= 0 && range.to > range.from) return ok_status();
  return Error{ErrorCode::invalid_argument,
               "the part of the song must start at 0 s or later and end after its start"};
}

Result<DecodedSong> decode_file(const std::string& path, TimeRange range) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    const int why = errno;
    return Error{why == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 "cannot open the song " + path + ": " + std::strerror(why)};
  }
  struct stat about {};
  if (::fstat(*file, &about) != 0 || !S_ISREG(about.st_mode))
    return Error{ErrorCode::io, "cannot read the song " + path + ": it is not a regular file"};
  SongFile song{*file, static_cast<std::uint64_t>(about.st_size)};
  return decode(song, {.range = range});
}

Result<DecodedSong> decode_descriptor(int file, std::uint64_t bytes) {
  SongFile song{file, bytes};
  return decode(song, {.range = {}, .rate = audio::kAnalysisRate, .quiet = false, .trusting = false});
}

}  // namespace terpsi::native
