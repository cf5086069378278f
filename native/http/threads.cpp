#include "native/http/threads.h"

#include <system_error>

namespace terpsi::native {

bool ConnectionThreads::enqueue(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (idle_ > tasks_.size()) {
    tasks_.push_back(std::move(task));
    work_.notify_one();
    return true;
  }
  if (threads_.size() >= most_) return false;
  tasks_.push_back(std::move(task));
  try {
    threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {  // the system has no more threads
    tasks_.pop_back();
    return false;
  }
  return true;
}

void ConnectionThreads::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    --idle_;
    if (tasks_.empty()) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

void ConnectionThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace terpsi::native
