#include "native/decode/sniff.h"

#include "base/bytes.h"

namespace terpsi::native {
namespace {

using Bytes = std::span<const std::uint8_t>;

// Text holds no control characters but white space, and much of it is ASCII.
bool is_text(Bytes bytes) {
  std::size_t ascii = 0;
  for (const std::uint8_t b : bytes) {
    if (b == 127 || (b < 32 && b != '\n' && b != '\r' && b != '\t' && b != '\f')) return false;
    ascii += b < 128;
  }
  return ascii * 3 > bytes.size();
}

// Frame sync, and a layer, a bit rate and a sample rate that exist (ISO 11172-3, 2.4.1.3).
bool is_mpeg_frame(Bytes bytes) {
  if (bytes.size() < 4 || bytes[0] != 0xff || (bytes[1] & 0xe0) != 0xe0) return false;
  const int version = bytes[1] >> 3 & 3, layer = bytes[1] >> 1 & 3, bit_rate = bytes[2] >> 4,
            sample_rate = bytes[2] >> 2 & 3;
  return version != 1 && (layer == 1 || layer == 2) && bit_rate != 15 && sample_rate != 3;
}

Error not_a_song(const std::string& what) {
  return {ErrorCode::bad_format, what + "; use a song file in " + kSongFormats + " format, or a MIDI file"};
}

}  // namespace

Status check_song_head(Bytes head) {
  if (head.empty())
    return Error{ErrorCode::empty, std::string("the file is empty; use a song file in ") + kSongFormats +
                                       " format, or a MIDI file"};
  if ((has(head, 0, "RIFF") || has(head, 0, "RF64") || has(head, 0, "RIFX")) && has(head, 8, "WAVE"))
    return ok_status();
  if (has(head, 0, "fLaC") || has(head, 0, "OggS")) return ok_status();
  if (has(head, 0, "FORM") && (has(head, 8, "AIFF") || has(head, 8, "AIFC"))) return ok_status();
  if (looks_like_mpeg(head)) return ok_status();

  if (has(head, 4, "ftyp"))
    return not_a_song(
        "this is an MP4 file (M4A, AAC or video), which is not decoded here: convert it first, "
        "e.g. `ffmpeg -i in.m4a out.flac`");
  if (has(head, 0, "MThd"))
    return Error{ErrorCode::bad_format, "this is a MIDI file, which holds notes and no sound to decode"};
  if (has(head, 0, "\x1a\x45\xdf\xa3"))
    return not_a_song("this is a Matroska or WebM file: convert it first, e.g. `ffmpeg -i in.webm out.flac`");
  if (has(head, 0, "PK\x03\x04") || has(head, 0, "\x1f\x8b"))
    return not_a_song("this is a compressed archive");
  if (has(head, 0, "HIERARCHY")) return not_a_song("this is a motion file (BVH)");
  if (is_text(head)) return not_a_song("this is a text file");
  return not_a_song("this is not an audio file of a known kind");
}

bool looks_like_mpeg(Bytes head) {
  return has(head, 0, "ID3") || is_mpeg_frame(head);
}

bool mp3_length_is_exact(Bytes start) {
  for (std::size_t at = 0; at + 4 <= start.size() && at < 256; ++at) {
    if (has(start, at, "Xing") || has(start, at, "Info")) return true;
  }
  return false;
}

std::uint64_t id3_bytes(Bytes head) {
  if (head.size() < 10 || !has(head, 0, "ID3")) return 0;
  std::uint64_t size = 0;  // four bytes of seven bits (ID3v2.4, section 6.2)
  for (std::size_t i = 6; i < 10; ++i) size = size << 7 | (head[i] & 0x7fu);
  return size + 10;
}

double wav_header_seconds(Bytes head) {
  if (!has(head, 0, "RIFF") || !has(head, 8, "WAVE")) return 0;
  std::uint32_t bytes_per_second = 0;
  for (std::uint64_t at = 12; at + 8 <= head.size();) {
    const std::uint32_t size = little_endian(head, at + 4);
    if (has(head, at, "fmt ") && at + 20 <= head.size()) bytes_per_second = little_endian(head, at + 16);
    if (has(head, at, "data")) {
      const bool unknown =
          bytes_per_second == 0 || (size >= 0x7ffff000u && size <= 0x80000000u) || size >= 0xfffff000u;
      return unknown ? 0 : static_cast<double>(size) / bytes_per_second;
    }
    at += 8 + std::uint64_t{size} + size % 2;
  }
  return 0;
}

bool looks_truncated(Bytes head, Bytes tail, std::uint64_t file_bytes) {
  if (head.size() < 12) return true;
  if (has(head, 0, "RIFF") || has(head, 0, "RIFX") || has(head, 0, "FORM")) {
    const std::uint64_t body = has(head, 0, "RIFF") ? little_endian(head, 4) : big_endian(head, 4);
    // Sizes of 0 and -1 are of files written to a pipe; one pad byte may be missing.
    return body != 0 && body < 0xfffffff0u && body + 8 > file_bytes + 1;
  }
  if (has(head, 0, "OggS")) {
    // The last page must be flagged as the end of the stream (RFC 3533, section 6, header_type 0x04).
    for (std::size_t at = tail.size(); at-- > 0;) {
      if (has(tail, at, "OggS") && at + 5 < tail.size()) return (tail[at + 5] & 4) == 0;
    }
    return true;
  }
  return false;
}

}  // namespace terpsi::native
