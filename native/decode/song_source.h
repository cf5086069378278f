#pragma once
// A song's bytes, in memory or in a file, as libsndfile reads them.

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace terpsi::native {

class SongSource {
 public:
  virtual ~SongSource() = default;
  virtual std::uint64_t size() const = 0;
  // Bytes read; fewer than asked for only at the end.
  virtual std::size_t read(std::uint64_t at, void* to, std::size_t bytes) const = 0;

  std::uint64_t position = 0;  // libsndfile's
};

class MemorySource : public SongSource {
 public:
  explicit MemorySource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read(std::uint64_t at, void* to, std::size_t bytes) const override;

 private:
  std::span<const std::uint8_t> bytes_;
};

// A regular file that is open for reading; it stays the caller's.
class FileSource : public SongSource {
 public:
  FileSource(int file, std::uint64_t size) : file_(file), size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::size_t read(std::uint64_t at, void* to, std::size_t bytes) const override;

 private:
  int file_;
  std::uint64_t size_;
};

std::vector<std::uint8_t> read_part(const SongSource& source, std::uint64_t at, std::size_t bytes);

struct CloseSound {
  void operator()(SNDFILE* sound) const { sf_close(sound); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;

// Reads from `source`, which must outlive the sound. Null where libsndfile knows no such file: sf_strerror.
Sound open_sound(SongSource& source, SF_INFO& info);

}  // namespace terpsi::native
