#pragma once
// Counts the renders that a client has waiting or running, across all front ends.

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "native/cluster/bucket.h"

namespace terpsi::native {

class ClientSlots {
 public:
  explicit ClientSlots(Bucket bucket) : bucket_(std::move(bucket)) {}

  // Whether a slot that was taken at `since` (seconds since 1970) is still in use.
  using StillCounts = std::function<Result<bool>(const std::string& slot, std::int64_t since)>;

  // Takes `slot`, a name of a render, for the client; taking it twice counts once. Errors: busy (`most` slots of the
  // client are in use), io.
  Status take(const std::string& client, const std::string& slot, int most,
              const StillCounts& still_counts) const;

  // Frees the slot of a render that was refused; when this fails, the slot expires by itself.
  void give_back(const std::string& client, const std::string& slot) const;

 private:
  Bucket bucket_;
};

}  // namespace terpsi::native
