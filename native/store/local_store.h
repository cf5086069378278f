#pragma once
// Dances kept in a folder of this machine. Ok is returned only after the file is synchronised and the index
// committed, so what was stored or removed stays so through kill -9 and a power failure.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/limits.h"
#include "native/store/dance_cache.h"
#include "native/store/dance_store.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

class LocalStore : public DanceStore {
 public:
  // Errors: of DataFolder::open.
  static Result<std::unique_ptr<LocalStore>> open(const std::string& path);
  static Result<std::unique_ptr<LocalStore>> open(std::shared_ptr<DataFolder> folder,
                                                  std::size_t cache_bytes = limits::kDanceCacheBytes);

  // Errors in addition to those of DanceStore: invalid_argument (id, token digest, title, frames or times are
  // not valid), empty, too_large.
  Status put(DanceRecord record, std::span<const std::uint8_t> file) override;

  // Changes by another process (`terpsi admin`) are seen within 0.2 s, those by this one at once.
  Result<StoredDance> get(const std::string& id, std::int64_t now) override;

  Status remove(const std::string& id, const std::string& token_sha256) override;

  // Checks at most once a second.
  bool healthy() override;

  // Shared with LocalQueue and CleanupThread.
  const std::shared_ptr<DataFolder>& folder() const { return folder_; }

 private:
  LocalStore(std::shared_ptr<DataFolder> folder, Database database, std::size_t cache_bytes)
      : folder_(std::move(folder)), database_(std::move(database)), cache_(cache_bytes) {}

  Result<std::optional<DanceRecord>> find(const std::string& id);  // in the index
  Result<StoredDance> load(const std::string& id, std::int64_t now, std::optional<CachedDance> known);
  void notice_changes();

  std::shared_ptr<DataFolder> folder_;

  std::mutex mutex_;   // guards the next three
  Database database_;  // a second connection, so that reads do not wait for writers to synchronise
  std::optional<Statement> find_;   // prepared once
  std::int64_t data_version_ = -1;  // SQLite's: changes with every commit of another connection

  std::atomic<std::uint64_t> generation_{0};  // grows when the index may have changed
  std::atomic<std::int64_t> next_check_{0};   // for changes, in steady milliseconds
  DanceCache cache_;

  std::mutex health_mutex_;  // guards the next two
  std::int64_t health_until_ = 0;
  bool health_ = false;
};

}  // namespace terpsi::native
