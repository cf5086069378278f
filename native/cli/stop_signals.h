#pragma once
// SIGINT and SIGTERM taken by a thread of their own, so that a program ends what it is doing first. A second
// one ends it at once.

#include <signal.h>

#include <functional>
#include <memory>
#include <mutex>

namespace terpsi::native {

class StopSignals {
 public:
  StopSignals();  // blocks them in this thread and in all that it starts later; ignores SIGPIPE
  ~StopSignals() { done(); }

  // `stop` is called once, in another thread, when a signal comes. Call it once.
  void on_stop(std::function<void()> stop);

  // From now on `stop` is not called any more.
  void done();

 private:
  struct Shared {
    std::mutex mutex;  // guards the next
    std::function<void()> stop;
  };
  sigset_t signals_{};
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace terpsi::native
