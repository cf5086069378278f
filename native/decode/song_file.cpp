#include "native/decode/song_file.h"

#include <unistd.h>

#include <cerrno>

namespace terpsi::native {
namespace {

SongFile& song_of(void* user) {
  return *static_cast<SongFile*>(user);
}

sf_count_t song_size(void* user) {
  return static_cast<sf_count_t>(song_of(user).size);
}

sf_count_t song_seek(sf_count_t offset, int whence, void* user) {
  auto& song = song_of(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? static_cast<sf_count_t>(song.position)
                                               : static_cast<sf_count_t>(song.size);
  if (base + offset < 0) return -1;
  song.position = static_cast<std::uint64_t>(base + offset);
  return base + offset;
}

sf_count_t song_read(void* to, sf_count_t bytes, void* user) {
  auto& song = song_of(user);
  if (bytes <= 0) return 0;
  const std::size_t got = song.read(song.position, to, static_cast<std::size_t>(bytes));
  song.position += got;
  return static_cast<sf_count_t>(got);
}

sf_count_t song_write(const void*, sf_count_t, void*) {
  return 0;
}

sf_count_t song_tell(void* user) {
  return static_cast<sf_count_t>(song_of(user).position);
}

}  // namespace

std::size_t SongFile::read(std::uint64_t at, void* to, std::size_t bytes) const {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got =
        ::pread(file, static_cast<char*>(to) + done, bytes - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::vector<std::uint8_t> read_part(const SongFile& song, std::uint64_t at, std::size_t bytes) {
  std::vector<std::uint8_t> part(bytes);
  part.resize(song.read(at, part.data(), bytes));
  return part;
}

Sound open_sound(SongFile& song, SF_INFO& info) {
  SF_VIRTUAL_IO io{song_size, song_seek, song_read, song_write, song_tell};
  return Sound(sf_open_virtual(&io, SFM_READ, &info, &song));
}

}  // namespace terpsi::native
