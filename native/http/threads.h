#pragma once
// A thread for each connection, started on demand and reused.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "native/http/http.h"

namespace terpsi::native {

class ConnectionThreads final : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(std::size_t most) : most_(most) {}
  ~ConnectionThreads() override = default;

  // False when `most` connections are served already.
  bool enqueue(std::function<void()> task) override;
  void shutdown() override;  // waits for all accepted tasks

 private:
  void serve();

  const std::size_t most_;
  std::mutex mutex_;  // guards the following
  std::condition_variable work_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace terpsi::native
