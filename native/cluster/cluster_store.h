#pragma once
// Dances kept by NATS: of a site named terpsi the buckets terpsi_dances (records by id) and terpsi_blobs
// (files by sha256, each kept once whoever shares it). Files are written before the records that name them.

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

  // As DanceStore says; too_large, with what to do about it, for files over the servers' max_payload. What
  // another front end removed is still given out for up to a second.
  Status put(DanceRecord record, std::span<const std::uint8_t> file) override;
  Result<StoredDance> get(const std::string& id, std::int64_t now) override;
  Status remove(const std::string& id, const std::string& token_sha256) override;
  bool healthy() override;

  struct Cleaned {
    std::int64_t dances = 0, files = 0;
  };
  // Removes what has expired at `now` and files without a dance, when this object has seen them so for
  // ClusterOptions::cleaning_patience: no clock that jumps, and no dance that is just being put, loses
  // anything. Done by a thread every cleaning_interval; front ends may do it at the same time. Errors: io.
  Result<Cleaned> clean(std::int64_t now);

 private:
  using File = std::shared_ptr<const std::vector<std::uint8_t>>;
  using Time = std::chrono::steady_clock::time_point;
  struct KnownRecord {
    DanceRecord record;
    std::uint64_t revision = 0;
    Time asked;
    bool asking = false;  // by a thread just now
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
  std::list<std::string> recent_;  // the files' names, last used first
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
