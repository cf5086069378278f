#include "native/store/cleanup.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "native/io/id.h"
#include "native/store/dance_index.h"

namespace terpsi::native {
namespace {

using std::chrono::seconds, std::chrono::steady_clock;

constexpr auto kMaxCounted = seconds(300);
constexpr auto kSweepEvery = seconds(60);
constexpr auto kCollectEvery = seconds(3600);
constexpr std::size_t kBatch = 64;  // blobs removed in one transaction, for which writers wait

// Whether any row is expired, or was when it was seen last.
Result<bool> anything_expired(DataFolder& folder, std::int64_t now) {
  auto reading = folder.read();
  if (!reading) return reading.error();
  auto statement = reading->database.prepare(
      "SELECT EXISTS (SELECT 1 FROM dances WHERE expires <> 0 AND expires <= ?1) OR "
      "EXISTS (SELECT 1 FROM dances WHERE expired_seen <> 0)");
  if (!statement) return statement.error();
  const auto row = statement->bind(now).step();
  if (!row) return row.error();
  return statement->integer(0) != 0;
}

// Runs one statement with `values`.
Status change(Database& database, const char* sql, std::initializer_list<std::int64_t> values) {
  auto statement = database.prepare(sql);
  if (!statement) return statement.error();
  for (const std::int64_t value : values) statement->bind(value);
  return statement->run();
}

}  // namespace

Result<std::int64_t> Expiry::sweep(std::int64_t now, Uptime uptime) {
  const auto passed =
      first_ ? seconds(0) : std::min(std::chrono::duration_cast<seconds>(uptime - last_), kMaxCounted);
  const auto anything = anything_expired(folder_, now);
  if (!anything) return anything.error();
  std::int64_t deleted = 0;
  if (*anything) {
    auto writing = folder_.write();
    if (!writing) return writing.error();
    Database& database = writing->database();
    auto status = change(database,
                         "UPDATE dances SET expired_seen = 0 WHERE expired_seen <> 0 AND "
                         "(expires = 0 OR expires > ?1)",
                         {now});
    if (!status) return status.error();
    // 1 when first seen expired: the time before does not count.
    status =
        change(database,
               "UPDATE dances SET expired_seen = CASE expired_seen WHEN 0 THEN 1 ELSE expired_seen + ?2 END "
               "WHERE expires <> 0 AND expires <= ?1",
               {now, passed.count()});
    if (!status) return status.error();
    status = change(database, "DELETE FROM dances WHERE expired_seen > ?1", {kExpiredSeconds});
    if (!status) return status.error();
    deleted = database.changes();
    if (status = writing->commit(); !status) return status.error();
  }
  last_ = first_ ? uptime : last_ + std::chrono::duration_cast<seconds>(uptime - last_);
  first_ = false;
  return deleted;
}

Result<Collected> collect_blobs(DataFolder& folder, std::int64_t now) {
  const auto alone = folder.own_blobs();
  if (!alone) return alone.error();
  if (!*alone) return Collected{};
  auto list = folder.blobs().list();
  if (!list) return list.error();
  std::vector<BlobInfo> orphans;
  for (BlobInfo& blob : list->blobs) {
    if (blob.modified > now - kOrphanSeconds) continue;
    auto reading = folder.read();
    if (!reading) return reading.error();
    const auto referred_to = is_referred_to(reading->database, blob.sha256);
    if (!referred_to) return referred_to.error();
    if (!*referred_to) orphans.push_back(std::move(blob));
  }
  // Checked again within transactions: a writer that adds a reference checks within its own that the blob exists.
  Collected collected;
  for (std::size_t at = 0; at < orphans.size(); at += kBatch) {
    auto writing = folder.write();
    if (!writing) return writing.error();
    for (std::size_t i = at; i < std::min(at + kBatch, orphans.size()); ++i) {
      const auto referred_to = is_referred_to(writing->database(), orphans[i].sha256);
      if (!referred_to) return referred_to.error();
      if (*referred_to) continue;
      if (auto status = folder.blobs().remove(orphans[i].sha256); !status) return status.error();
      ++collected.blobs;
      collected.bytes += orphans[i].bytes;
    }
  }
  return collected;
}

CleanupThread::CleanupThread(std::shared_ptr<DataFolder> folder, std::function<void()> also)
    : folder_(std::move(folder)), also_(std::move(also)) {
  thread_ = std::thread([this] { run(); });
}

CleanupThread::~CleanupThread() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void CleanupThread::run() {
  Expiry expiry(*folder_);
  auto collect_at = steady_clock::now() + kSweepEvery;
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    lock.unlock();
    // The next writer meets the same failure (disk full, locked) and reports it; the next sweep retries.
    (void)expiry.sweep(unix_now(), steady_clock::now());
    if (also_) also_();
    if (steady_clock::now() >= collect_at) {
      (void)collect_blobs(*folder_, unix_now());
      collect_at = steady_clock::now() + kCollectEvery;
    }
    lock.lock();
    wake_.wait_for(lock, kSweepEvery, [this] { return stopped_; });
  }
}

}  // namespace terpsi::native
