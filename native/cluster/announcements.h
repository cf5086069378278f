#pragma once
// Subscribes to the writes that a bucket announces. Announcements can be lost: a caller that must not miss a write
// also polls the bucket.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/result.h"
#include "native/cluster/bucket.h"

namespace terpsi::native {

class Announcements {
 public:
  using Handler = std::function<void(const Entry&)>;

  // `handler` is called from a single background thread until the destructor returns. Errors: io.
  static Result<std::unique_ptr<Announcements>> listen(std::shared_ptr<Cluster> cluster, const Bucket& bucket,
                                                       Handler handler);
  ~Announcements();

 private:
  Announcements(std::shared_ptr<Cluster> cluster, SubscriptionHandle subscription, Handler handler);
  void run();

  const std::shared_ptr<Cluster> cluster_;
  const SubscriptionHandle subscription_;
  const Handler handler_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace terpsi::native
