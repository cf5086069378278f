#include "native/queue/worker.h"

#include <condition_variable>
#include <mutex>

namespace terpsi::native {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kMonitorInterval = std::chrono::milliseconds(200);
constexpr auto kRetryDelay = std::chrono::seconds(1);  // after the queue failed
constexpr int kMaxTries = 30;

enum class StopReason { none, unwanted, timeout, drain };  // unwanted: cancelled, or another worker's now

// Monitors the render in progress from a thread: reports its progress, and stops it when it must not go on.
class Monitor {
 public:
  Monitor(RenderQueue& queue, Renderer& renderer, const RenderJob& job, const WorkerOptions& options,
          const std::atomic<bool>& stopping)
      : queue_(queue), renderer_(renderer), job_(job), options_(options), stopping_(stopping) {
    thread_ = std::thread([this] { run(); });
  }
  ~Monitor() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }
  void set_progress(double progress) { progress_ = progress; }
  StopReason reason() const { return reason_; }

 private:
  void run() {
    const auto begun = Clock::now();
    Clock::time_point stop_requested = Clock::time_point::max();
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, kMonitorInterval, [this] { return over_; })) {
      lock.unlock();
      const auto now = Clock::now();
      if (stopping_ && stop_requested == Clock::time_point::max()) stop_requested = now;
      StopReason reason = StopReason::none;
      if (!queue_.progress(job_, progress_))
        reason = StopReason::unwanted;
      else if (now - begun > options_.timeout)
        reason = StopReason::timeout;
      else if (stop_requested <= now && now - stop_requested >= options_.drain)
        reason = StopReason::drain;
      if (reason != StopReason::none) {
        if (reason_ == StopReason::none) reason_ = reason;
        renderer_.stop();
      }
      lock.lock();
    }
  }

  RenderQueue& queue_;
  Renderer& renderer_;
  const RenderJob& job_;
  const WorkerOptions& options_;
  const std::atomic<bool>& stopping_;
  std::atomic<double> progress_{0};
  std::atomic<StopReason> reason_{StopReason::none};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

std::string code_of(const Error& error) {
  const ErrorCode c = error.code;
  const bool theirs = c == ErrorCode::not_found || c == ErrorCode::invalid_argument ||
                      c == ErrorCode::bad_format || c == ErrorCode::too_large;
  return theirs ? "bad_request" : "render_failed";
}

}  // namespace

Worker::Worker(RenderQueue& queue, Renderer& renderer, const WorkerOptions& options)
    : queue_(queue), renderer_(renderer), options_(options), thread_([this] { run(); }) {}

Worker::~Worker() {
  stop();
}

void Worker::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

WorkerFigures Worker::figures() const {
  return {done_, failed_, cancelled_, timed_out_, given_back_, busy_seconds_};
}

void Worker::run() {
  while (!stopping_) {
    const auto job = queue_.take(std::chrono::milliseconds(500), renderer_.device());
    if (!job) {
      for (auto waited = kMonitorInterval; waited < kRetryDelay && !stopping_; waited += kMonitorInterval)
        std::this_thread::sleep_for(kMonitorInterval);
      continue;
    }
    if (!*job) continue;
    busy_ = true;
    const auto begun = Clock::now();
    work(**job);
    busy_seconds_ = busy_seconds_ + std::chrono::duration<double>(Clock::now() - begun).count();
    busy_ = false;
  }
}

void Worker::work(const RenderJob& job) {
  StopReason reason = StopReason::none;
  auto made = [&] {
    Monitor monitor(queue_, renderer_, job, options_, stopping_);
    auto file = renderer_.render(job.request, [&](double progress) { monitor.set_progress(progress); });
    reason = monitor.reason();
    return file;
  }();
  // Ending a job is retried while the queue fails: a result must not be lost to a full disk that is about to be
  // cleared, or to a cluster that is electing a leader.
  const auto with_retries = [&](const auto& action) {
    for (int i = 0; i < kMaxTries; ++i) {
      const Status done = action();
      if (done) return true;
      const bool may_pass = done.error().code == ErrorCode::io || done.error().code == ErrorCode::busy;
      if (!may_pass || (stopping_ && i > 2)) break;
      std::this_thread::sleep_for(kRetryDelay);
    }
    return false;
  };
  if (made) {
    if (with_retries([&] { return queue_.finish(job, *made); }))
      ++done_;
    else
      ++failed_;
    return;
  }
  if (reason == StopReason::unwanted) {
    ++cancelled_;
    return;
  }
  if (reason == StopReason::drain) {
    ++given_back_;
    with_retries([&] { return queue_.give_back(job); });
    return;
  }
  if (reason == StopReason::timeout) {
    ++timed_out_;
    with_retries([&] {
      return queue_.fail(job, "timeout",
                         "the dance was not finished within " + std::to_string(options_.timeout.count()) +
                             " s; ask for a part of the song, or a faster model");
    });
    return;
  }
  ++failed_;
  with_retries([&] { return queue_.fail(job, code_of(made.error()), made.error().message); });
}

}  // namespace terpsi::native
