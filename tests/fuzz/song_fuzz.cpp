// Reads arbitrary bytes as a song file: what is said of its head, and the first second of its sound.

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "native/decode/decode_bytes.h"
#include "native/decode/sniff.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

// libsndfile leaks what libvorbis has allocated when the headers of a Vorbis stream are broken. Untrusted songs
// are decoded in a process of their own, which does not live long enough for that to matter.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libvorbis";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace terpsi;
  const std::span bytes(data, size);
  const auto head = bytes.first(std::min<std::size_t>(size, 4096));
  const double claimed = native::wav_header_seconds(head);
  check(std::isfinite(claimed) && claimed >= 0);
  native::mp3_length_is_exact(head);
  native::looks_truncated(head, bytes.last(std::min<std::size_t>(size, 4096)), size);
  check(native::id3_bytes(head) < (1u << 28) + 10);
  const auto status = native::check_song_head(head);
  if (!status) {
    check(status.error().message.size() > 20);
    return 0;
  }
  if (native::looks_like_mpeg(head)) return 0;  // its decoder is fuzzed by those who write it, and is slow
  const auto song = test::decode_bytes(bytes, {0, 1});
  if (!song) {
    check(song.error().message.size() > 20);
    return 0;
  }
  check(song->channels >= 1 && song->channels <= limits::kMaxChannels);
  check(!song->pcm.samples.empty() && song->pcm.seconds() <= 1.001);
  return 0;
}
