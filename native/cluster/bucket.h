#pragma once
// A NATS key-value bucket (to be inspected with `nats kv`) with compare-and-swap writes that stay correct when an
// answer is lost on the way.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "native/cluster/connection.h"

namespace terpsi::native {

struct Entry {
  std::string key;
  std::string value;           // empty: removed with `nats kv del`
  std::uint64_t revision = 0;  // grows with every write to the bucket; never 0
};

struct BucketOptions {
  std::chrono::seconds kept{0};  // since the last write; 0: forever
  bool announced = false;        // every write is also published to announcements()
  bool quick = false;            // get_near may ask any server
};

// Keys are not empty and consist of A-Z a-z 0-9 - _ and dots. All functions may be called from any thread; they
// retry for ClusterOptions::patience. Errors: io, and too_large for values over max_payload.
class Bucket {
 public:
  // Creates the bucket unless it exists.
  static Result<Bucket> open(std::shared_ptr<Cluster> cluster, const std::string& what,
                             const BucketOptions& options);

  // The last write, as the leader has it.
  Result<std::optional<Entry>> get(const std::string& key) const;

  // Possibly from a server that lags a moment behind; a key that it does not know is read from the leader.
  Result<std::optional<Entry>> get_near(const std::string& key) const;

  // Writes unconditionally; returns the new revision.
  Result<std::uint64_t> put(const std::string& key, std::string_view value) const;

  // Writes if the revision is still `expected` (0: there is no entry). Returns the new revision, or nothing when
  // there was another write since.
  Result<std::optional<std::uint64_t>> write(const std::string& key, std::string_view value,
                                             std::uint64_t expected) const;

  // The same in a single try of `wait`, for values that will soon be written again. A write that failed may have
  // taken effect.
  Result<std::optional<std::uint64_t>> write_quickly(const std::string& key, std::string_view value,
                                                     std::uint64_t expected,
                                                     std::chrono::milliseconds wait) const;

  // Removes exactly this revision, and nothing written after it; Ok when it no longer exists.
  Status erase(std::uint64_t revision) const;

  // All entries in the order of revisions, without their values unless `values`.
  Result<std::vector<Entry>> list(bool values) const;

  // The subject under which writes are published, with the key as the last token; some may be missing.
  const std::string& announcements() const { return announcements_; }

  // True when the bucket answers within `wait`.
  bool answers(std::chrono::milliseconds wait) const;

 private:
  Bucket(std::shared_ptr<Cluster> cluster, const std::string& what, const BucketOptions& options);
  std::string subject(const std::string& key) const { return prefix_ + key; }
  Outcome publish(const std::string& key, std::string_view value, std::optional<std::uint64_t> expected,
                  std::chrono::milliseconds wait, std::uint64_t& revision) const;

  std::shared_ptr<Cluster> cluster_;
  std::string name_, stream_, prefix_, announcements_;
  bool quick_;
};

}  // namespace terpsi::native
