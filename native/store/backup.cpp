#include "native/store/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "native/store/dance_index.h"

namespace terpsi::native {
namespace {

namespace fs = std::filesystem;

Error backup_failure(const std::string& what, const std::string& path, int why) {
  return {ErrorCode::io, "cannot " + what + " " + path + ": " + std::strerror(why)};
}

// Makes the folder, or accepts an empty one.
Status make_target(const std::string& target) {
  if (::mkdir(target.c_str(), 0700) == 0) return ok_status();
  if (errno != EEXIST) return backup_failure("make the folder", target, errno);
  std::error_code error;
  const bool empty = fs::is_directory(target, error) && fs::is_empty(target, error);
  if (error) return Error{ErrorCode::io, "cannot read the folder " + target + ": " + error.message()};
  if (empty) return ok_status();
  return Error{ErrorCode::invalid_argument,
               "\"" + target + "\" is not an empty folder; name one that is, or a new one"};
}

Status sync_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(*file) != 0) return backup_failure("synchronise", path, errno);
  return ok_status();
}

// What the copied index refers to.
Result<std::vector<std::string>> references_of(const std::string& path, std::int64_t& dances) {
  auto database = Database::open(path);
  if (!database) return database.error();
  auto count = database->prepare("SELECT count(*) FROM dances");
  if (!count) return count.error();
  const auto row = count->step();
  if (!row) return row.error();
  dances = count->integer(0);
  return list_references(*database);
}

}  // namespace

Result<BackupReport> back_up(DataFolder& folder, const std::string& target) {
  if (auto status = make_target(target); !status) return status.error();
  const auto held = folder.hold_blobs();  // those of the copied index stay until they are copied
  if (!held) return held.error();
  const std::string unfinished = target + "/index.unfinished", finished = target + "/index.sqlite";
  {
    auto reading = folder.read();
    if (!reading) return reading.error();
    if (auto status = reading->database.copy_to(unfinished); !status) return status.error();
  }
  BackupReport report;
  const auto digests = references_of(unfinished, report.dances);
  if (!digests) return digests.error();
  auto blobs = BlobStore::open(target, true);
  if (!blobs) return blobs.error();
  for (const std::string& sha256 : *digests) {
    const auto bytes = folder.blobs().get(sha256);
    if (!bytes) {
      report.damages.push_back(bytes.error().message);
      continue;
    }
    if (const auto put = blobs->put(*bytes); !put) return put.error();
    ++report.blobs;
    report.bytes += static_cast<std::int64_t>(bytes->size());
  }
  if (auto status = sync_file(unfinished); !status) return status.error();
  if (::rename(unfinished.c_str(), finished.c_str()) != 0) return backup_failure("write", finished, errno);
  if (auto status = sync_folder(target); !status) return status.error();
  std::error_code ignored;  // the folder's own name
  (void)sync_folder(fs::absolute(target, ignored).lexically_normal().parent_path().string());
  return report;
}

}  // namespace terpsi::native
