#pragma once
// Song files to mono audio, through libsndfile: WAV, FLAC, Ogg Vorbis, Opus, MP3 and AIFF, recognised by
// content. The limits of base/limits.h hold while decoding: a file of any length costs bounded time and
// memory.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "audio/count/metre.h"
#include "audio/pcm.h"
#include "base/result.h"

namespace terpsi::native {

// The part of the song that is wanted, seconds.
struct TimeRange {
  double from = 0;
  double to = std::numeric_limits<double>::infinity();
};

// invalid_argument unless 0 <= from < to (so neither is a NaN).
Status check_range(TimeRange range);

struct DecodedSong {
  audio::Pcm pcm;       // the wanted part, channels averaged, at the file's own sample rate
  std::string format;   // e.g. "FLAC", for people
  int channels = 0;     // of the file
  std::string warning;  // not empty when the file is truncated or damaged and only a part was decoded
  std::optional<audio::Metre> written = {};  // the metre that is written in a score
};

// Errors: not_found (no such file), io (cannot be read), bad_format (not audio, or not of a kind known here;
// the message names the kinds), too_large (file size, duration, channels), unsupported (sample rate), empty
// (no samples in the range), invalid_argument (range). Values that are not finite are passed on;
// audio::analyze refuses them.
Result<DecodedSong> decode_file(const std::string& path, TimeRange range = {});

// The whole song of a file of so many bytes that is open for reading, resampled to kAnalysisRate block by
// block: memory does not grow with the file's sample rate. A WAV header that promises too long a song is
// believed. Opens no file and leaves stderr alone. Errors: as above.
Result<DecodedSong> decode_descriptor(int file, std::uint64_t bytes);

}  // namespace terpsi::native
