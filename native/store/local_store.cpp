#include "native/store/local_store.h"

#include <chrono>
#include <utility>

#include "base/text.h"
#include "native/io/id.h"
#include "native/store/dance_index.h"

namespace terpsi::native {
namespace {

constexpr std::int64_t kCheckMs = 100;  // least time between two checks for changes by other processes
constexpr std::int64_t kHealthMs = 1000;

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

Status check(const DanceRecord& record) {
  const char* wrong = nullptr;
  if (!is_id(record.id)) wrong = "the id";
  if (!is_sha256_hex(record.token_sha256)) wrong = "the delete token's digest";
  if (record.title.size() > limits::kMaxTitleBytes || !is_plain_utf8(record.title)) wrong = "the title";
  if (record.frames < 0 || record.frames > limits::kMaxFrames) wrong = "the number of frames";
  if (record.created < 0 || record.expires < 0) wrong = "the time";
  if (wrong == nullptr) return ok_status();
  return Error{ErrorCode::invalid_argument,
               std::string("a dance cannot be kept: ") + wrong + " is not valid"};
}

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::open(const std::string& path) {
  auto folder = DataFolder::open(path);
  if (!folder) return folder.error();
  return open(std::shared_ptr(std::move(*folder)));
}

Result<std::unique_ptr<LocalStore>> LocalStore::open(std::shared_ptr<DataFolder> folder,
                                                     std::size_t cache_bytes) {
  auto database = Database::open(folder->database_path());
  if (!database) return database.error();
  std::unique_ptr<LocalStore> store(new LocalStore(std::move(folder), std::move(*database), cache_bytes));
  auto find = store->database_.prepare("SELECT " + std::string(kDanceColumns) + " FROM dances WHERE id = ?1");
  if (!find) return find.error();
  store->find_.emplace(std::move(*find));
  return store;
}

Status LocalStore::put(DanceRecord record, std::span<const std::uint8_t> file) {
  if (auto status = check(record); !status) return status;
  return folder_->keep_blob(file, [&](Database& database, const std::string& sha256) -> Status {
    const auto there = find_dance(database, record.id);
    if (!there) return there.error();
    if (*there && (*there)->sha256 == sha256) return ok_status();
    if (*there) {
      return Error{ErrorCode::invalid_argument, "the id belongs to another dance; take a new one"};
    }
    record.sha256 = sha256;
    record.bytes = static_cast<std::int64_t>(file.size());
    return insert_dance(database, record);
  });
}

Result<StoredDance> LocalStore::get(const std::string& id, std::int64_t now) {
  if (!is_id(id)) return unknown_dance();
  notice_changes();
  auto known = cache_.find(id);
  if (known && known->generation == generation_.load()) {
    if (is_expired(known->dance.record, now)) return unknown_dance();
    return std::move(known->dance);
  }
  return load(id, now, std::move(known));
}

Result<std::optional<DanceRecord>> LocalStore::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto row = find_->bind(std::string_view(id)).step();
  if (!row) return row.error();
  if (!*row) return std::optional<DanceRecord>();
  std::optional record = record_at(*find_);
  find_->reset();
  return record;
}

Result<StoredDance> LocalStore::load(const std::string& id, std::int64_t now,
                                     std::optional<CachedDance> known) {
  const std::uint64_t generation = generation_.load();
  const std::uint64_t erasures = cache_.erasures();
  auto record = find(id);
  if (!record) return record.error();
  if (!*record) {
    if (known) cache_.erase(id);
    return unknown_dance();
  }
  if (is_expired(**record, now)) return unknown_dance();
  StoredDance dance{std::move(**record), nullptr};
  if (known && known->dance.record.sha256 == dance.record.sha256) {
    dance.file = std::move(known->dance.file);
  } else {
    auto file = folder_->blobs().get(dance.record.sha256);
    if (!file && file.error().code == ErrorCode::not_found) {
      record = find(id);  // removed and cleaned up since it was found?
      if (record && !*record) return unknown_dance();
      return Error{ErrorCode::bad_format,
                   "the file of this dance is missing from the data folder; restore it from a backup"};
    }
    if (!file) return file.error();
    dance.file = std::make_shared<const std::vector<std::uint8_t>>(std::move(*file));
  }
  cache_.put({dance, generation}, erasures);
  return dance;
}

Status LocalStore::remove(const std::string& id, const std::string& token_sha256) {
  if (!is_id(id)) return unknown_dance();
  {
    auto writing = folder_->write();
    if (!writing) return writing.error();
    const auto there = find_dance(writing->database(), id);
    if (!there) return there.error();
    if (!*there) return unknown_dance();
    if (!same_secret((*there)->token_sha256, token_sha256)) {
      return Error{ErrorCode::denied, "this is not the delete token of this dance"};
    }
    if (const auto erased = erase_dance(writing->database(), id); !erased) return erased.error();
    if (auto status = writing->commit(); !status) return status;
  }
  cache_.erase(id);  // after the commit, so that no other thread reads it from the index again
  return ok_status();
}

// One thread at a time checks; the others go on with what is known.
void LocalStore::notice_changes() {
  const std::int64_t now = steady_ms();
  std::int64_t due = next_check_.load(std::memory_order_relaxed);
  if (now < due || !next_check_.compare_exchange_strong(due, now + kCheckMs)) return;
  const std::lock_guard lock(mutex_);
  std::int64_t version = -1;
  if (auto statement = database_.prepare("PRAGMA data_version")) {
    if (const auto row = statement->step(); row && *row) version = statement->integer(0);
  }
  if (version != data_version_ || version == -1) ++generation_;  // -1: unknown, so every record is read again
  data_version_ = version;
}

bool LocalStore::healthy() {
  const std::lock_guard lock(health_mutex_);
  const std::int64_t now = steady_ms();
  if (now >= health_until_) {
    health_ = find(std::string(kIdLength, '-')).ok() && folder_->blobs().probe().ok();
    health_until_ = now + kHealthMs;
  }
  return health_;
}

}  // namespace terpsi::native
