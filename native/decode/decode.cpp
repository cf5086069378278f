#include "native/decode/decode.h"

#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "audio/resample.h"
#include "base/limits.h"
#include "native/decode/sniff.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kHeadBytes = 4096, kTailBytes = 65536;
constexpr sf_count_t kBlockFrames = 8192;

// A song's bytes, wherever they are: libsndfile reads through this.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::uint64_t size() const = 0;
  virtual std::size_t read(std::uint64_t at, void* to,
                           std::size_t bytes) const = 0;  // bytes read, 0 at the end

  std::uint64_t position = 0;
};

class MemorySource : public Source {
 public:
  explicit MemorySource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read(std::uint64_t at, void* to, std::size_t bytes) const override {
    if (at >= bytes_.size()) return 0;
    bytes = std::min<std::uint64_t>(bytes, bytes_.size() - at);
    std::memcpy(to, bytes_.data() + at, bytes);
    return bytes;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

class FileSource : public Source {  // the file stays the caller's
 public:
  FileSource(int file, std::uint64_t size) : file_(file), size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::size_t read(std::uint64_t at, void* to, std::size_t bytes) const override {
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t got =
          ::pread(file_, static_cast<char*>(to) + done, bytes - done, static_cast<off_t>(at + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  int file_;
  std::uint64_t size_;
};

sf_count_t source_size(void* user) {
  return static_cast<sf_count_t>(static_cast<Source*>(user)->size());
}

sf_count_t source_seek(sf_count_t offset, int whence, void* user) {
  auto& source = *static_cast<Source*>(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? static_cast<sf_count_t>(source.position)
                                               : static_cast<sf_count_t>(source.size());
  if (base + offset < 0) return -1;
  source.position = static_cast<std::uint64_t>(base + offset);
  return base + offset;
}

sf_count_t source_read(void* to, sf_count_t bytes, void* user) {
  auto& source = *static_cast<Source*>(user);
  if (bytes <= 0) return 0;
  const std::size_t got = source.read(source.position, to, static_cast<std::size_t>(bytes));
  source.position += got;
  return static_cast<sf_count_t>(got);
}

sf_count_t source_write(const void*, sf_count_t, void*) {
  return 0;
}

sf_count_t source_tell(void* user) {
  return static_cast<sf_count_t>(static_cast<Source*>(user)->position);
}

std::vector<std::uint8_t> read_part(const Source& source, std::uint64_t at, std::size_t bytes) {
  std::vector<std::uint8_t> part(bytes);
  part.resize(source.read(at, part.data(), bytes));
  return part;
}

std::string format_name(int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_VORBIS:
      return "Ogg Vorbis";
    case SF_FORMAT_OPUS:
      return "Opus";
    case SF_FORMAT_MPEG_LAYER_I:
    case SF_FORMAT_MPEG_LAYER_II:
      return "MPEG audio";
    case SF_FORMAT_MPEG_LAYER_III:
      return "MP3";
    default:
      break;
  }
  switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_FLAC:
      return "FLAC";
    case SF_FORMAT_OGG:
      return "Ogg";
    case SF_FORMAT_AIFF:
      return "AIFF";
    default:
      return "WAV";
  }
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

// The MP3 library reports every oddity of a file on stderr and libsndfile does not let it be told not to;
// while one of these lives, stderr leads nowhere. For MPEG files only, since it concerns the whole process.
class QuietStderr {
 public:
  explicit QuietStderr(bool quiet) {
    if (!quiet) return;
    std::fflush(stderr);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    saved_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (saved_ >= 0) ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
  }
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;
  ~QuietStderr() {
    if (saved_ < 0) return;
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
  }

 private:
  int saved_ = -1;
};

struct CloseSound {
  void operator()(SNDFILE* sound) const { sf_close(sound); }
};

// Takes decoded blocks in, channels averaged, at the file's rate or another.
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

  // What the stream still holds back, so that there are `samples`.
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

Result<DecodedSong> decode(Source& source, const DecodeOptions& options) {
  const TimeRange range = options.range;
  if (auto status = check_range(range); !status) return status.error();
  const auto head = read_part(source, 0, kHeadBytes);
  if (auto status = check_song_head(head); !status) return status.error();
  if (source.size() > limits::kMaxAudioFileBytes) {
    return Error{ErrorCode::too_large, "the song file is larger than " +
                                           std::to_string(limits::kMaxAudioFileBytes >> 20) +
                                           " MB; cut it or compress it (e.g. to FLAC or MP3) first"};
  }

  if (const double claimed = wav_header_seconds(head);
      !options.trusting && claimed > limits::kMaxAudioSeconds)
    return too_long(claimed);

  const QuietStderr quiet(options.quiet && looks_like_mpeg(head));
  SF_INFO info{};
  SF_VIRTUAL_IO io{source_size, source_seek, source_read, source_write, source_tell};
  const std::unique_ptr<SNDFILE, CloseSound> sound(sf_open_virtual(&io, SFM_READ, &info, &source));
  if (!sound) {
    return Error{ErrorCode::bad_format,
                 std::string("the song file is damaged or of a kind that is not known here (") +
                     sf_strerror(nullptr) + "); use " + kSongFormats};
  }
  if (auto status = check_header(info); !status) return status.error();

  const double rate = info.samplerate;
  const bool is_mpeg = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
  const bool frames_exact = !is_mpeg || mp3_length_is_exact(read_part(source, id3_bytes(head), kHeadBytes));
  const bool frames_known = info.frames > 0 && info.frames < SF_COUNT_MAX;
  const double header_seconds = frames_known ? static_cast<double>(info.frames) / rate : 0;
  const double wanted = std::min(range.to, header_seconds) - range.from;
  if (wanted > limits::kMaxAudioSeconds * (frames_exact ? 1 : 2))
    return too_long(wanted);  // a guess may be far off

  const auto first = static_cast<sf_count_t>(std::llround(std::min(range.from, 1e7) * rate));
  const auto last = static_cast<sf_count_t>(std::llround(std::min(range.to, 1e7) * rate));
  const auto most = static_cast<std::size_t>(limits::kMaxAudioSeconds * rate);

  DecodedSong song;
  const int rate_out = options.rate > 0 ? options.rate : info.samplerate;
  const double ratio = rate_out / rate;
  Collector collector(song.pcm, info.samplerate, rate_out);
  song.format = format_name(info.format);
  song.channels = info.channels;
  if (wanted > 0) {
    const double frames = std::min(static_cast<double>(most), wanted * rate);
    song.pcm.samples.reserve(static_cast<std::size_t>(frames * ratio) + 1);
  }

  std::vector<float> block(static_cast<std::size_t>(kBlockFrames * info.channels));
  sf_count_t position = 0;
  while (position < last) {
    const sf_count_t got = sf_readf_float(sound.get(), block.data(), std::min(kBlockFrames, last - position));
    if (got <= 0) break;
    collector.add(block, info.channels, std::clamp<sf_count_t>(first - position, 0, got), got);
    if (collector.frames() > most) return too_long(static_cast<double>(collector.frames()) / rate);
    position += got;
  }
  collector.finish(static_cast<std::size_t>(std::llround(static_cast<double>(collector.frames()) * ratio)));
  if (position < last) {  // reached the end: was it the real one?
    const std::uint64_t size = source.size();
    const auto tail = read_part(source, size > kTailBytes ? size - kTailBytes : 0, kTailBytes);
    const bool damaged = sf_error(sound.get()) != SF_ERR_NO_ERROR ||
                         (frames_known && frames_exact && position < info.frames - info.samplerate / 10);
    if (damaged || looks_truncated(head, tail, size)) {
      char text[120];
      std::snprintf(text, sizeof text,
                    "the song file is cut short or damaged; the first %.1f s could be decoded",
                    static_cast<double>(position) / rate);
      song.warning = text;
    }
  }
  if (song.pcm.samples.empty()) {
    if (position > 0)
      return Error{ErrorCode::empty, "the song ends before the chosen part begins; choose an earlier --from"};
    return Error{ErrorCode::empty, "the song file holds no sound; use another file"};
  }
  return song;
}

}  // namespace

Status check_range(TimeRange range) {
  if (range.from >= 0 && range.to > range.from) return ok_status();
  return Error{ErrorCode::invalid_argument,
               "the part of the song must start at 0 s or later and end after its start"};
}

Result<DecodedSong> decode_memory(std::span<const std::uint8_t> bytes, TimeRange range) {
  MemorySource source(bytes);
  return decode(source, {.range = range});
}

Result<DecodedSong> decode_file(const std::string& path, TimeRange range) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    const int why = errno;
    return Error{why == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 "cannot open the song " + path + ": " + std::strerror(why)};
  }
  struct stat about {};
  if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    ::close(file);
    return Error{ErrorCode::io, "cannot read the song " + path + ": it is not a regular file"};
  }
  FileSource source(file, static_cast<std::uint64_t>(about.st_size));
  auto song = decode(source, {.range = range});
  ::close(file);
  return song;
}

Result<DecodedSong> decode_descriptor(int file, std::uint64_t bytes) {
  FileSource source(file, bytes);
  return decode(source, {.range = {}, .rate = audio::kAnalysisRate, .quiet = false, .trusting = false});
}

}  // namespace terpsi::native
