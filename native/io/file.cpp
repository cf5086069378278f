#include "native/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "native/io/descriptor.h"

namespace terpsi::native {
namespace {

Error failure(const std::string& what, const std::string& path, int why) {
  return {why == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          "cannot " + what + " " + path + ": " + std::strerror(why)};
}

}  // namespace

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done == 0) errno = EIO;
    if (done <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return true;
}

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return failure("open", path, errno);
  struct stat about {};
  if (::fstat(*file, &about) != 0) return failure("read", path, errno);
  if (!S_ISREG(about.st_mode))
    return Error{ErrorCode::io, "cannot read " + path + ": it is not a regular file"};
  if (static_cast<std::uint64_t>(about.st_size) > max_bytes) {
    return Error{ErrorCode::too_large,
                 path + " is larger than the " + std::to_string(max_bytes >> 20) + " MB allowed"};
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(about.st_size));
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = ::read(*file, bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", path, errno);
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

Status write_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  struct stat about {};
  // /dev/stdout or a pipe is written to as it is.
  if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode)) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) return failure("write", path, errno);
    if (!write_all(*file, bytes)) return failure("write", path, errno);
    return ok_status();
  }
  std::string name = path + ".XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) return Error{ErrorCode::io, "cannot write " + path + ": " + std::strerror(errno)};
  int why = 0;
  {
    const Descriptor file(descriptor);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (!write_all(descriptor, bytes) || ::fchmod(descriptor, 0666 & ~mask) != 0 || ::fsync(descriptor) != 0)
      why = errno;
  }
  if (why == 0 && std::rename(name.c_str(), path.c_str()) != 0) why = errno;
  if (why != 0) {
    ::unlink(name.c_str());
    return Error{ErrorCode::io, "cannot write " + path + ": " + std::strerror(why)};
  }
  return ok_status();
}

Status write_file(const std::string& path, std::string_view text) {
  return write_file(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return std::filesystem::equivalent(a, b, ignored);
}

std::string extension_of(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return extension;
}

}  // namespace terpsi::native
