#pragma once
// Hears what is written to a bucket that announces its writes. Heard is most of it, not all: whoever must not
// miss anything asks the bucket now and then.

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

  // `handler` is called from one thread of its own, until the destructor returns. Errors: io.
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
