#pragma once
// A song's file, as libsndfile reads it.

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace terpsi::native {

// A regular file that is open for reading; it stays the caller's.
struct SongFile {
  int file;
  std::uint64_t size;
  std::uint64_t position = 0;  // libsndfile's

  // Bytes read; fewer than asked for only at the end.
  std::size_t read(std::uint64_t at, void* to, std::size_t bytes) const;
};

std::vector<std::uint8_t> read_part(const SongFile& song, std::uint64_t at, std::size_t bytes);

struct CloseSound {
  void operator()(SNDFILE* sound) const { sf_close(sound); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;

// Reads from `song`, which must outlive the sound. Null where libsndfile knows no such file: sf_strerror.
Sound open_sound(SongFile& song, SF_INFO& info);

}  // namespace terpsi::native
