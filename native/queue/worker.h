#pragma once
// Takes renders from a queue and makes them one at a time in a thread of its own, within the server (local queue)
// or within `terpsi work` (cluster).

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "base/limits.h"
#include "native/queue/render_queue.h"
#include "native/queue/renderer.h"

namespace terpsi::native {

struct WorkerOptions {
  std::chrono::seconds timeout{limits::kRenderTimeoutSeconds};  // of one render
  // How long the render in progress may still take once the worker is to stop; then it is given back.
  std::chrono::seconds drain{20};
};

// Counts since the start.
struct WorkerFigures {
  std::uint64_t done = 0, failed = 0, cancelled = 0, timed_out = 0, given_back = 0;
  double busy_seconds = 0;
};

class Worker {
 public:
  // Both must outlive the worker.
  Worker(RenderQueue& queue, Renderer& renderer, const WorkerOptions& options = {});
  ~Worker();  // as stop()

  // Finishes the render in progress or gives it back, then ends. From any thread.
  void stop();

  WorkerFigures figures() const;
  bool busy() const { return busy_; }

 private:
  void run();
  void work(const RenderJob& job);

  RenderQueue& queue_;
  Renderer& renderer_;
  const WorkerOptions options_;
  std::atomic<bool> stopping_{false}, busy_{false};
  std::atomic<std::uint64_t> done_{0}, failed_{0}, cancelled_{0}, timed_out_{0}, given_back_{0};
  std::atomic<double> busy_seconds_{0};
  std::thread thread_;
};

}  // namespace terpsi::native
