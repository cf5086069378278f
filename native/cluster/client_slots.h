#pragma once
// How many renders a client has waiting or running, whichever front end it talks to.

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "native/cluster/bucket.h"

namespace terpsi::native {

class ClientSlots {
 public:
  explicit ClientSlots(Bucket bucket) : bucket_(std::move(bucket)) {}

  // Whether what has been counted since `since` (seconds since 1970) still counts.
  using StillCounts = std::function<Result<bool>(const std::string& slot, std::int64_t since)>;

  // Counts `slot`, a name of a render, for the client; twice is once. Errors: busy (it has `most` that
  // count), io.
  Status take(const std::string& client, const std::string& slot, int most,
              const StillCounts& still_counts) const;

  // Uncounts a render that came to nothing; failing to is no harm for long.
  void give_back(const std::string& client, const std::string& slot) const;

 private:
  Bucket bucket_;
};

}  // namespace terpsi::native
