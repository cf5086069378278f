#pragma once
// Keys and values kept by the cluster: a NATS key-value bucket (`nats kv` can look into it) with writes that
// know what they replace, also when an answer was lost on the way.

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
  std::string value;           // empty: somebody removed it with `nats kv del`
  std::uint64_t revision = 0;  // grows with every write to the bucket; never 0
};

struct BucketOptions {
  std::chrono::seconds kept{0};  // since the last write; 0: for ever
  bool announced = false;        // every write is also published to announcements()
  bool quick = false;            // get_near may ask any server
};

// Keys are of A-Z a-z 0-9 - _ . and not empty. All functions may be called from any thread; they try for
// ClusterOptions::patience. Errors: io, and too_large for values over max_payload.
class Bucket {
 public:
  // Makes the bucket when nobody has.
  static Result<Bucket> open(std::shared_ptr<Cluster> cluster, const std::string& what,
                             const BucketOptions& options);

  // What was written last, by whomever.
  Result<std::optional<Entry>> get(const std::string& key) const;

  // Maybe from a server that lags a moment behind; what it does not know is asked of the leader.
  Result<std::optional<Entry>> get_near(const std::string& key) const;

  // The new revision.
  Result<std::uint64_t> put(const std::string& key, std::string_view value) const;

  // Writes over the revision `expected`, 0: over nothing. The new revision; nothing when somebody else wrote
  // since.
  Result<std::optional<std::uint64_t>> write(const std::string& key, std::string_view value,
                                             std::uint64_t expected) const;

  // The same in one try of `wait`, for what will be said again soon. What failed may have been written.
  Result<std::optional<std::uint64_t>> write_quickly(const std::string& key, std::string_view value,
                                                     std::uint64_t expected,
                                                     std::chrono::milliseconds wait) const;

  // Removes exactly this revision, and nothing written after it; Ok when it is gone already.
  Status erase(std::uint64_t revision) const;

  // Everything, in the order of revisions; without values when not `values`.
  Result<std::vector<Entry>> list(bool values) const;

  // Subject under which every write is published with the key as its last token; may miss some.
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
