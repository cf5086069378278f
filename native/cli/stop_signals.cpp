#include "native/cli/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "native/cli/exit_code.h"

namespace terpsi::native {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
}

void StopSignals::on_stop(std::function<void()> stop) {
  shared_->stop = std::move(stop);
  // Detached: it watches for a second signal until the process is over.
  std::thread([shared = shared_, signals = signals_] {
    int signal = 0;
    sigwait(&signals, &signal);
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->stop) shared->stop();
    }
    sigwait(&signals, &signal);
    ::_exit(kExitCancelled);
  }).detach();
}

void StopSignals::done() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop = nullptr;
}

}  // namespace terpsi::native
