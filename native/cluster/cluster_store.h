#pragma once
// Dances kept by NATS. A site named terpsi has the buckets terpsi_dances (records by id) and terpsi_blobs (files by
// sha256, each stored once). A file is written before the records that name it.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "native/cluster/bucket.h"
#include "native/cluster/connection.h"
#include "native/store/dance_store.h"

namespace terpsi::native {

class ClusterStore final : public DanceStore {
 public:
  static Result<std::unique_ptr<ClusterStore>> open(const ClusterOptions& options);
  ~ClusterStore() override;

  // As in DanceStore; put also returns too_large for files over the servers' max_payload. A dance that another front
  // end removed is still returned for up to a second.
  Status put(DanceRecord record, std::span<const std::uint8_t> file) override;
  Result<StoredDance> get(const std::string& id, std::int64_t now) override;
  Status remove(const std::string& id, const std::string& token_sha256) override;
  bool healthy() override;

  struct Cleaned {
    std::int64_t dances = 0, files = 0;
  };
  // Removes dances that have expired at `now` and files without a dance once this object has seen them so for
  // ClusterOptions::cleaning_patience, so that neither a clock that jumps nor a concurrent put loses anything. Runs
  // in a thread every cleaning_interval; several front ends may run it at once. Errors: io.
  Result<Cleaned> clean(std::int64_t now);

 private:
  using File = std::shared_ptr<const std::vector<std::uint8_t>>;
  using Time = std::chrono::steady_clock::time_point;
  struct KnownRecord {
    DanceRecord record;
    std::uint64_t revision = 0;
    Time read;
    bool reading = false;  // by a thread right now
  };
  struct KnownFile {
    File file;
    std::list<std::string>::iterator place;  // in recent_
  };

  ClusterStore(std::shared_ptr<Cluster> cluster, Bucket dances, Bucket blobs);
  Result<DanceRecord> record_of(const std::string& id);
  Result<File> file_of(const DanceRecord& record);
  void remember(const std::string& sha256, const File& file);
  void forget(const std::string& id);
  void run();

  const std::shared_ptr<Cluster> cluster_;
  const Bucket dances_, blobs_;

  std::mutex mutex_;  // guards what follows
  std::unordered_map<std::string, KnownRecord> records_;
  std::unordered_map<std::string, KnownFile> files_;
  std::list<std::string> recent_;  // the names of the files, most recently used first
  std::size_t remembered_bytes_ = 0;

  std::mutex cleaning_mutex_;                   // guards what follows
  std::map<std::uint64_t, Time> expired_;       // revisions of records, since when
  std::map<std::uint64_t, Time> unreferenced_;  // revisions of files, since when

  std::mutex health_mutex_;
  Time health_asked_{};
  bool health_ = false;

  std::mutex stop_mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace terpsi::native
