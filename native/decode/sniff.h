#pragma once
// Recognises the kind of a file by its first bytes, so that only audio reaches libsndfile and mistakes get a
// helpful sentence.

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace terpsi::native {

inline constexpr const char* kSongFormats = "WAV, FLAC, Ogg Vorbis, Opus, MP3 or AIFF";

// `head`: the first bytes of the file (4 KB are plenty). Ok when they may begin one of kSongFormats.
// Errors: empty (no bytes), bad_format (something else; says what it looks like and what to do).
Status check_song_head(std::span<const std::uint8_t> head);

// `start`: the first bytes of an MP3 file's audio, after any ID3 tag. Whether they say its exact length (a
// "Xing" or "Info" header); otherwise the length is estimated from the bit rate.
bool mp3_length_is_exact(std::span<const std::uint8_t> start);

// Whether `head` begins with an ID3 tag or an MPEG audio frame.
bool looks_like_mpeg(std::span<const std::uint8_t> head);

// Size of the ID3v2 tag that `head` begins with; 0 without one.
std::uint64_t id3_bytes(std::span<const std::uint8_t> head);

// The duration in seconds that the header of a RIFF WAVE file claims, whether the samples are there or not; 0
// where it does not say, as in files written to a pipe.
double wav_header_seconds(std::span<const std::uint8_t> head);

// `head`, `tail`: the first and last bytes of a file (64 KB of tail are plenty). Whether the container claims
// more than `file_bytes`, or its Ogg stream has no last page.
bool looks_truncated(std::span<const std::uint8_t> head, std::span<const std::uint8_t> tail,
                     std::uint64_t file_bytes);

}  // namespace terpsi::native
