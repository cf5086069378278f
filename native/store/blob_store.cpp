#include "native/store/blob_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "native/io/file.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

Error failure(const std::string& what, const std::string& path, int why) {
  if (why == ENOSPC || why == EDQUOT || why == EFBIG) {
    return {ErrorCode::io, "the disk is full: nothing was stored; make room for " + path};
  }
  if (why == EROFS || why == EACCES || why == EPERM) {
    return {ErrorCode::io, "cannot " + what + " " + path + ": " + std::strerror(why) +
                               "; give the program's user the right to write there"};
  }
  return {why == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          "cannot " + what + " " + path + ": " + std::strerror(why)};
}

std::string prefix_of(std::string_view sha256) {
  return std::string(sha256.substr(0, 2));
}

// Opens the folder `name` in `parent`; creates it first when asked.
Result<Descriptor> open_folder(int parent, const std::string& name, const std::string& path, bool create) {
  if (create && ::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure("make", path, errno);
  }
  Descriptor folder(::openat(parent, name.c_str(), kFolderFlags));
  if (!folder) return failure("open", path, errno);
  return folder;
}

// The bytes of a regular file. Errors: not_found, bad_format (another kind of file, or too large), io.
Result<std::vector<std::uint8_t>> read_at(int folder, const std::string& name, const std::string& path) {
  const Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno == ELOOP) return Error{ErrorCode::bad_format, path + " is a link; it is not followed"};
  if (!file) return failure("open", path, errno);
  struct stat about {};
  if (::fstat(*file, &about) != 0) return failure("read", path, errno);
  if (!S_ISREG(about.st_mode) || static_cast<std::uint64_t>(about.st_size) > limits::kMaxBlobBytes) {
    return Error{ErrorCode::bad_format, path + " is not a file that was stored here"};
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

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// The names in a folder but "." and "..", ascending.
Result<std::vector<std::string>> names_in(int parent, const std::string& name, const std::string& path) {
  const int descriptor = ::openat(parent, name.c_str(), kFolderFlags);
  if (descriptor < 0) return failure("open", path, errno);
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(descriptor));
  if (!folder) {
    const int why = errno;
    ::close(descriptor);
    return failure("read", path, why);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string found = entry->d_name;
    if (found != "." && found != "..") names.push_back(found);
    errno = 0;
  }
  if (errno != 0) return failure("read", path, errno);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<BlobStore> BlobStore::open(const std::string& folder, bool create) {
  const Descriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return failure("open", folder, errno);
  auto blobs = open_folder(*root, "blobs", folder + "/blobs", create);
  if (!blobs) return blobs.error();
  auto temporary = open_folder(*root, "tmp", folder + "/tmp", create);
  if (!temporary) return temporary.error();
  if (create && (::fsync(**blobs) != 0 || ::fsync(*root) != 0)) return failure("synchronise", folder, errno);
  return BlobStore(folder, std::move(*blobs), std::move(*temporary));
}

Status BlobStore::write(const std::string& sha256, std::span<const std::uint8_t> bytes, int prefix) const {
  const std::string name = new_id();
  int why = 0;
  {
    const Descriptor file(
        ::openat(*temporary_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return failure("write", folder_ + "/tmp", errno);
    if (!write_all(*file, bytes) || ::fsync(*file) != 0) why = errno;
  }
  if (why == 0 && ::renameat(*temporary_, name.c_str(), prefix, sha256.c_str()) != 0) why = errno;
  if (why != 0) {
    ::unlinkat(*temporary_, name.c_str(), 0);
    return failure("write", folder_, why);
  }
  return ok_status();
}

Result<std::string> BlobStore::put(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return Error{ErrorCode::empty, "an empty file is not stored"};
  if (bytes.size() > limits::kMaxBlobBytes) {
    return Error{ErrorCode::too_large, "a file of " + std::to_string(bytes.size()) +
                                           " bytes is larger than the " +
                                           std::to_string(limits::kMaxBlobBytes) + " allowed"};
  }
  const std::string sha256 = sha256_hex(bytes);
  const std::string path = folder_ + "/blobs/" + prefix_of(sha256);
  const auto prefix = open_folder(*blobs_, prefix_of(sha256), path, true);
  if (!prefix) return Error{ErrorCode::io, prefix.error().message};
  std::atomic<bool>& made = (*made_)[std::stoul(prefix_of(sha256), nullptr, 16)];
  if (!made) {
    if (::fsync(*blobs_) != 0) return failure("synchronise", folder_ + "/blobs", errno);
    made = true;
  }
  const auto there = read_at(**prefix, sha256, path + "/" + sha256);
  if (there && std::equal(there->begin(), there->end(), bytes.begin(), bytes.end())) {
    // Restarts its age for cleanup.h.
    (void)::utimensat(**prefix, sha256.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  } else if (auto status = write(sha256, bytes, **prefix); !status) {
    return status.error();
  }
  // Also when it existed: another thread may have renamed it just now and not have synchronised the folder.
  if (::fsync(**prefix) != 0) return failure("synchronise", path, errno);
  return sha256;
}

Result<std::vector<std::uint8_t>> BlobStore::get(std::string_view sha256) const {
  if (!is_sha256_hex(sha256)) return Error{ErrorCode::not_found, "there is no such file"};
  const std::string name(sha256), path = folder_ + "/blobs/" + prefix_of(sha256) + "/" + name;
  const auto prefix = open_folder(*blobs_, prefix_of(sha256), path, false);
  if (!prefix) return prefix.error();
  auto bytes = read_at(**prefix, name, path);
  if (bytes && sha256_hex(*bytes) != sha256) {
    return Error{ErrorCode::bad_format,
                 path + " is damaged: its bytes are not those that were stored; restore it from a backup"};
  }
  return bytes;
}

bool BlobStore::has(std::string_view sha256) const {
  if (!is_sha256_hex(sha256)) return false;
  const std::string name = prefix_of(sha256) + "/" + std::string(sha256);
  struct stat about {};
  return ::fstatat(*blobs_, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode);
}

Result<BlobList> BlobStore::list() const {
  BlobList list;
  const auto prefixes = names_in(*blobs_, ".", folder_ + "/blobs");
  if (!prefixes) return prefixes.error();
  for (const std::string& prefix : *prefixes) {
    struct stat about {};
    const std::string folder = "blobs/" + prefix;
    const bool fits = prefix.size() == 2 && prefix.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!fits || ::fstatat(*blobs_, prefix.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISDIR(about.st_mode)) {
      list.strays.push_back(folder);
      continue;
    }
    const auto names = names_in(*blobs_, prefix, folder_ + "/" + folder);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      if (::fstatat(*blobs_, (prefix + "/" + name).c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
        continue;  // removed since
      }
      if (!is_sha256_hex(name) || prefix_of(name) != prefix || !S_ISREG(about.st_mode)) {
        list.strays.push_back(folder + "/" + name);
        continue;
      }
      list.blobs.push_back({name, about.st_size, about.st_mtim.tv_sec});
    }
  }
  return list;
}

Status BlobStore::remove(std::string_view sha256) {
  if (!is_sha256_hex(sha256)) return Error{ErrorCode::invalid_argument, "not the name of a stored file"};
  const std::string name = prefix_of(sha256) + "/" + std::string(sha256);
  if (::unlinkat(*blobs_, name.c_str(), 0) != 0 && errno != ENOENT) {
    return failure("remove", folder_ + "/blobs/" + name, errno);
  }
  return ok_status();
}

Status BlobStore::clear_temporary() {
  const auto names = names_in(*temporary_, ".", folder_ + "/tmp");
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (::unlinkat(*temporary_, name.c_str(), 0) != 0 && errno != ENOENT && errno != EISDIR) {
      return failure("remove", folder_ + "/tmp/" + name, errno);
    }
  }
  return ok_status();
}

Status BlobStore::probe() const {
  struct stat about {};
  if (::fstat(*blobs_, &about) != 0 || about.st_nlink == 0)
    return failure("find", folder_ + "/blobs", ENOENT);  // removed while it is in use
  const std::string name = new_id();
  const std::vector<std::uint8_t> bytes(4096, 'x');
  int why = 0;
  {
    const Descriptor file(
        ::openat(*temporary_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return failure("write", folder_ + "/tmp", errno);
    if (!write_all(*file, bytes)) why = errno;
  }
  ::unlinkat(*temporary_, name.c_str(), 0);
  if (why != 0) return failure("write", folder_ + "/tmp", why);
  return ok_status();
}

Status sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(*folder) != 0) return failure("synchronise", path, errno);
  return ok_status();
}

}  // namespace terpsi::native
