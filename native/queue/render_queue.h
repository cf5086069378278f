#pragma once
// The queue of renders between the web server, which submits them, and workers, which make them: LocalQueue
// within one process, ClusterQueue (native/cluster/) over NATS JetStream. All functions may be called from any
// thread. Delivery is at least once; a render has one result however often it is delivered.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

enum class RenderState { queued, running, done, failed, cancelled };
std::string_view name_of(RenderState state);
std::optional<RenderState> render_state(std::string_view name);
inline bool is_over(RenderState state) {
  return state == RenderState::done || state == RenderState::failed || state == RenderState::cancelled;
}

struct RenderStatus {
  std::string id;
  RenderState state = RenderState::queued;
  double progress = 0;        // 0 to 1
  std::int64_t position = 0;  // renders ahead of it while queued
  std::string model;
  std::string device;        // a description of where it runs or ran; empty before
  int attempts = 0;          // how often a worker has begun it
  std::int64_t created = 0;  // seconds since 1970, as the next two; 0: not yet
  std::int64_t started = 0;
  std::int64_t finished = 0;
  std::string error_code;     // of a failed one: machine-readable, e.g. "timeout"
  std::string error;          // a sentence
  std::uint64_t version = 0;  // grows with every change, also across restarts: the id of its events
};

// As clients get it and LocalQueue stores it.
std::string status_to_json(const RenderStatus& status);
Result<RenderStatus> status_from_json(std::string_view text);  // errors: bad_format

Error unknown_render();  // not_found

struct NewRender {
  std::string request;  // JSON as in native/queue/render_request.h, checked
  std::string model;
  std::string client;  // whose limit it counts against
  // Idempotency-Key, may be empty: within a day the same key of the same client is the same render.
  std::string key;
};

// One attempt at a render, assigned to a worker.
struct RenderJob {
  std::string id;
  std::string request;
  int attempt = 1;
  std::uint64_t handle = 0;  // for the queue itself
};

struct QueueFigures {
  std::int64_t queued = 0, running = 0;
};

class RenderQueue {
 public:
  virtual ~RenderQueue() = default;

  // ---- For the web server

  // Returns the id. When this is Ok the render survives a crash. Errors: busy (limits::kMaxQueuedRenders or
  // kMaxRendersPerClient reached; the message says which), io, invalid_argument (the key was used for another
  // request).
  virtual Result<std::string> submit(const NewRender& render) = 0;

  // Errors: not_found, io.
  virtual Result<RenderStatus> status(const std::string& id) = 0;

  // Statuses newer than version `after`, oldest first; waits up to `wait` for one. Intermediate progress may be
  // omitted, the final state never is. Empty when nothing changed. Errors: not_found, io.
  virtual Result<std::vector<RenderStatus>> changes(const std::string& id, std::uint64_t after,
                                                    std::chrono::milliseconds wait) = 0;

  // Cancels a queued render at once, a running one within a second; one that is over stays as it is. Errors:
  // not_found, io.
  virtual Status cancel(const std::string& id) = 0;

  // The .dance file. Errors: not_found (no such render, or not done, or its result is no longer kept), io.
  virtual Result<std::vector<std::uint8_t>> result(const std::string& id) = 0;

  virtual QueueFigures figures() = 0;
  virtual bool healthy() = 0;

  // ---- For workers

  // The next render; nothing when none came within `wait`. A render whose worker dies is delivered again, at most
  // limits::kMaxRenderAttempts times in all; then it fails (dead letter).
  virtual Result<std::optional<RenderJob>> take(std::chrono::milliseconds wait,
                                                const std::string& device) = 0;

  // Reports progress, 0 to 1, and that the worker is alive: to be called at least every 5 s. False: stop, the
  // render was cancelled or belongs to another worker now.
  virtual bool progress(const RenderJob& job, double progress) = 0;

  // Exactly one of these ends a job. When finish is Ok the result survives a crash.
  virtual Status finish(const RenderJob& job, std::span<const std::uint8_t> dance) = 0;
  virtual Status fail(const RenderJob& job, const std::string& code, const std::string& message) = 0;
  virtual Status give_back(const RenderJob& job) = 0;  // for another worker or after a restart
};

}  // namespace terpsi::native
