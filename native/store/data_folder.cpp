#include "native/store/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "native/store/schema.h"

namespace terpsi::native {
namespace {

namespace fs = std::filesystem;

constexpr auto kLockWait = std::chrono::seconds(5);
constexpr auto kServerEnds = std::chrono::seconds(1);  // a killed server may hold its lock a moment longer

Error folder_failure(const std::string& what, const std::string& path, int why) {
  return {ErrorCode::io,
          "cannot " + what + " the data folder " + path + ": " + std::strerror(why) +
              "; choose another with --data, or give the program's user the right to write there"};
}

// The database must be a regular file, not a link to elsewhere, or absent.
Status check_database(const std::string& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return ok_status();
  if (S_ISREG(about.st_mode)) return ok_status();
  return Error{ErrorCode::io, path + " is not a regular file; move it elsewhere"};
}

Result<Descriptor> lock_folder(const std::string& path) {
  const std::string name = path + "/lock";
  Descriptor lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return folder_failure("lock", path, errno);
  const auto end = std::chrono::steady_clock::now() + kServerEnds;
  while (::flock(*lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return folder_failure("lock", path, errno);
    if (std::chrono::steady_clock::now() > end) {
      return Error{ErrorCode::busy, "another terpsi server uses the data folder " + path +
                                        "; stop it, or choose another folder with --data"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return lock;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::absolute(path, error).lexically_normal().parent_path();
  fs::create_directories(parent, error);  // a failure surfaces in the next step
  const bool made = ::mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return folder_failure("make", path, errno);
  const std::string real = fs::canonical(path, error).string();
  if (error || !fs::is_directory(real, error)) return folder_failure("open", path, ENOTDIR);
  if (made) (void)sync_folder(fs::path(real).parent_path().string());

  auto lock = lock_folder(real);
  if (!lock) return lock.error();
  auto blobs = BlobStore::open(real, true);
  if (!blobs) return blobs.error();
  if (auto status = blobs->clear_temporary(); !status) return status.error();

  const std::string name = real + "/index.sqlite";
  if (auto status = check_database(name); !status) return status.error();
  auto database = Database::open(name);
  if (!database) return database.error();
  if (auto status = database->migrate(schema()); !status) return status.error();
  if (auto status = sync_folder(real); !status) return status.error();
  return std::unique_ptr<DataFolder>(
      new DataFolder(real, std::move(*lock), std::move(*blobs), std::move(*database)));
}

Result<std::unique_ptr<DataFolder>> DataFolder::open_beside(const std::string& path) {
  std::error_code error;
  const std::string real = fs::canonical(path, error).string();
  const std::string name = real + "/index.sqlite";
  if (error || !fs::exists(name, error)) {
    return Error{ErrorCode::not_found, "there is no data folder of terpsi at " + path +
                                           "; name it with --data, or start the server once to have it made"};
  }
  if (auto status = check_database(name); !status) return status.error();
  auto blobs = BlobStore::open(real, false);
  if (!blobs) return blobs.error();
  auto database = Database::open(name);
  if (!database) return database.error();
  {
    auto statement = database->prepare("PRAGMA user_version");
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    if (statement->integer(0) != static_cast<std::int64_t>(schema().size())) {
      return Error{ErrorCode::unsupported,
                   "the data folder " + path + " was written by another version of terpsi (schema " +
                       std::to_string(statement->integer(0)) + ", this one uses " +
                       std::to_string(schema().size()) +
                       "); use that version, or start this one's server once if it is newer"};
    }
  }
  return std::unique_ptr<DataFolder>(
      new DataFolder(real, Descriptor(), std::move(*blobs), std::move(*database)));
}

Result<Writing> DataFolder::write() {
  std::unique_lock lock(mutex_, kLockWait);
  if (!lock) return Error{ErrorCode::busy, "the database is busy; try again"};
  auto transaction = Transaction::begin(database_);
  if (!transaction) return transaction.error();
  return Writing(std::move(lock), std::move(*transaction), database_);
}

Result<Reading> DataFolder::read() {
  std::unique_lock lock(mutex_, kLockWait);
  if (!lock) return Error{ErrorCode::busy, "the database is busy; try again"};
  return Reading{std::move(lock), database_};
}

Status DataFolder::keep_blob(std::span<const std::uint8_t> bytes,
                             const std::function<Status(Database&, const std::string&)>& record) {
  const auto sha256 = blobs_.put(bytes);  // outside the transaction, so that others can write meanwhile
  if (!sha256) return sha256.error();
  auto writing = write();
  if (!writing) return writing.error();
  // Cleanup removes blobs in transactions: from here on it sees the reference.
  if (!blobs_.has(*sha256)) {
    if (const auto again = blobs_.put(bytes); !again) return again.error();
  }
  if (auto status = record(writing->database(), *sha256); !status) return status;
  return writing->commit();
}

Result<Descriptor> DataFolder::hold_blobs() {
  Descriptor folder(::open((path_ + "/blobs").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!folder) return folder_failure("lock", path_, errno);
  while (::flock(*folder, LOCK_SH) != 0) {
    if (errno != EINTR) return folder_failure("lock", path_, errno);
  }
  return folder;
}

Result<Descriptor> DataFolder::own_blobs() {
  Descriptor folder(::open((path_ + "/blobs").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!folder) return folder_failure("lock", path_, errno);
  if (::flock(*folder, LOCK_EX | LOCK_NB) == 0) return folder;
  if (errno != EWOULDBLOCK) return folder_failure("lock", path_, errno);
  return Descriptor();
}

std::string data_folder(const std::string& given) {
  if (!given.empty()) return given;
  if (std::string own = variable("TERPSI_DATA_FOLDER"); !own.empty()) return own;
  const std::string state = variable("STATE_DIRECTORY");  // several are separated by colons
  if (!state.empty()) return state.substr(0, state.find(':'));
  if (const std::string data = variable("XDG_DATA_HOME"); data.starts_with('/')) return data + "/terpsi";
  if (const std::string home = variable("HOME"); home.starts_with('/')) return home + "/.local/share/terpsi";
  return "terpsi-data";
}

}  // namespace terpsi::native
