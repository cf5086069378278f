#include "native/queue/worker.h"

#include <condition_variable>
#include <mutex>

namespace terpsi::native {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kLook = std::chrono::milliseconds(200);  // how often the render under way is looked at
constexpr auto kRetry = std::chrono::seconds(1);        // after the queue failed

// Why a render was stopped.
enum class Stop { no, unwanted, timeout, drain };

// Looks after the render under way: reports how far it is, and stops it when it must not go on.
class Watch {
 public:
  Watch(RenderQueue& queue, Renderer& renderer, const RenderJob& job, const WorkerOptions& options,
        const std::atomic<bool>& stopping)
      : queue_(queue), renderer_(renderer), job_(job), options_(options), stopping_(stopping) {
    thread_ = std::thread([this] { run(); });
  }
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }
  void made(double progress) { progress_ = progress; }
  Stop why() const { return why_; }

 private:
  void run() {
    const auto begun = Clock::now();
    Clock::time_point asked_to_end = Clock::time_point::max();
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, kLook, [this] { return over_; })) {
      lock.unlock();
      const auto now = Clock::now();
      if (stopping_ && asked_to_end == Clock::time_point::max()) asked_to_end = now;
      Stop why = Stop::no;
      if (!queue_.progress(job_, progress_))
        why = Stop::unwanted;
      else if (now - begun > options_.timeout)
        why = Stop::timeout;
      else if (asked_to_end <= now && now - asked_to_end >= options_.drain)
        why = Stop::drain;
      if (why != Stop::no) {
        if (why_ == Stop::no) why_ = why;
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
  std::atomic<Stop> why_{Stop::no};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

std::string code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
    case ErrorCode::invalid_argument:
    case ErrorCode::bad_format:
    case ErrorCode::too_large:
      return "bad_request";
    default:
      return "render_failed";
  }
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
      for (auto waited = kLook; waited < kRetry && !stopping_; waited += kLook)
        std::this_thread::sleep_for(kLook);
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
  Stop why = Stop::no;
  auto made = [&] {
    Watch watch(queue_, renderer_, job, options_, stopping_);
    auto file = renderer_.render(job.request, [&](double progress) { watch.made(progress); });
    why = watch.why();
    return file;
  }();
  // What ends a job is tried again while the queue cannot take it: a result must not be lost to a full disk
  // that somebody is about to clear, or to a cluster that elects a leader.
  const auto surely = [&](const auto& action) {
    for (int i = 0; i < 30; ++i) {
      const Status done = action();
      if (done) return true;
      const bool may_pass = done.error().code == ErrorCode::io || done.error().code == ErrorCode::busy;
      if (!may_pass || (stopping_ && i > 2)) break;
      std::this_thread::sleep_for(kRetry);
    }
    return false;
  };
  if (made) {
    if (surely([&] { return queue_.finish(job, *made); }))
      ++done_;
    else
      ++failed_;
    return;
  }
  if (why == Stop::unwanted) {
    ++cancelled_;
    return;
  }
  if (why == Stop::drain) {
    ++given_back_;
    surely([&] { return queue_.give_back(job); });
    return;
  }
  if (why == Stop::timeout) {
    ++timed_out_;
    surely([&] {
      return queue_.fail(job, "timeout",
                         "the dance was not finished within " + std::to_string(options_.timeout.count()) +
                             " s; ask for a part of the song, or a faster model");
    });
    return;
  }
  ++failed_;
  surely([&] { return queue_.fail(job, code_of(made.error()), made.error().message); });
}

}  // namespace terpsi::native
