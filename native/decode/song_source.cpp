#include "native/decode/song_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace terpsi::native {
namespace {

SongSource& source_of(void* user) {
  return *static_cast<SongSource*>(user);
}

sf_count_t source_size(void* user) {
  return static_cast<sf_count_t>(source_of(user).size());
}

sf_count_t source_seek(sf_count_t offset, int whence, void* user) {
  auto& source = source_of(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? static_cast<sf_count_t>(source.position)
                                               : static_cast<sf_count_t>(source.size());
  if (base + offset < 0) return -1;
  source.position = static_cast<std::uint64_t>(base + offset);
  return base + offset;
}

sf_count_t source_read(void* to, sf_count_t bytes, void* user) {
  auto& source = source_of(user);
  if (bytes <= 0) return 0;
  const std::size_t got = source.read(source.position, to, static_cast<std::size_t>(bytes));
  source.position += got;
  return static_cast<sf_count_t>(got);
}

sf_count_t source_write(const void*, sf_count_t, void*) {
  return 0;
}

sf_count_t source_tell(void* user) {
  return static_cast<sf_count_t>(source_of(user).position);
}

}  // namespace

std::size_t MemorySource::read(std::uint64_t at, void* to, std::size_t bytes) const {
  if (at >= bytes_.size()) return 0;
  bytes = std::min<std::uint64_t>(bytes, bytes_.size() - at);
  std::memcpy(to, bytes_.data() + at, bytes);
  return bytes;
}

std::size_t FileSource::read(std::uint64_t at, void* to, std::size_t bytes) const {
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

std::vector<std::uint8_t> read_part(const SongSource& source, std::uint64_t at, std::size_t bytes) {
  std::vector<std::uint8_t> part(bytes);
  part.resize(source.read(at, part.data(), bytes));
  return part;
}

Sound open_sound(SongSource& source, SF_INFO& info) {
  SF_VIRTUAL_IO io{source_size, source_seek, source_read, source_write, source_tell};
  return Sound(sf_open_virtual(&io, SFM_READ, &info, &source));
}

}  // namespace terpsi::native
