#pragma once
// Renders between the web server, which takes them in, and workers, which do them, whoever carries them
// (LocalQueue: this process; ClusterQueue in native/cluster/: NATS JetStream). All functions may be called
// from any thread. Delivery is at least once; a render has one result whoever delivers it again.

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
  std::string device;        // where it runs or ran, for people; empty before
  int attempts = 0;          // how often a worker has begun it
  std::int64_t created = 0;  // seconds since 1970; 0 for what has not happened yet
  std::int64_t started = 0;
  std::int64_t finished = 0;
  std::string error_code;     // of failed: machine-readable, e.g. "timeout"
  std::string error;          // a sentence
  std::uint64_t version = 0;  // grows with every change, also over restarts: the id of events
};

// As clients get it; a stored status is read back with status_from_json.
std::string status_to_json(const RenderStatus& status);
Result<RenderStatus> status_from_json(std::string_view text);  // bad_format

struct NewRender {
  std::string request;  // JSON as native/queue/render_request.h has it, checked
  std::string model;
  std::string client;  // whose it is, for the limit of each client
  std::string key;     // Idempotency-Key of the client, may be empty: the same key and client again within a
                       // day is the same render
};

// One render handed to a worker.
struct RenderJob {
  std::string id;
  std::string request;
  int attempt = 1;
  std::uint64_t handle = 0;  // the queue's own
};

struct QueueFigures {
  std::int64_t queued = 0, running = 0;
};

class RenderQueue {
 public:
  virtual ~RenderQueue() = default;

  // ---- For the web server

  // The id. When this returns Ok the render survives a crash. Errors: busy (limits::kMaxQueuedRenders or
  // kMaxRendersPerClient reached; the message says which), io, invalid_argument (the key was used for another
  // request).
  virtual Result<std::string> submit(const NewRender& render) = 0;

  // Errors: not_found, io.
  virtual Result<RenderStatus> status(const std::string& id) = 0;

  // Statuses newer than version `after`, oldest first; waits up to `wait` for one. Intermediate progress may
  // be left out, the last state never is. Empty when nothing happened. Errors: not_found, io.
  virtual Result<std::vector<RenderStatus>> changes(const std::string& id, std::uint64_t after,
                                                    std::chrono::milliseconds wait) = 0;

  // A queued render is cancelled at once, a running one within a second; one that is over stays as it is.
  // Errors: not_found, io.
  virtual Status cancel(const std::string& id) = 0;

  // The .dance file. Errors: not_found (no such render, or not done, or its result is no longer kept), io.
  virtual Result<std::vector<std::uint8_t>> result(const std::string& id) = 0;

  virtual QueueFigures figures() = 0;
  virtual bool healthy() = 0;

  // ---- For workers

  // The next render; nothing when none came within `wait`. A render whose worker dies is handed out again, at
  // most limits::kMaxRenderAttempts times in all, then it fails (dead letter).
  virtual Result<std::optional<RenderJob>> take(std::chrono::milliseconds wait,
                                                const std::string& device) = 0;

  // Says how far it is, and that the worker lives: to be called at least every 5 s. False: stop, the render
  // was cancelled or belongs to another worker now.
  virtual bool progress(const RenderJob& job, double progress) = 0;

  // Exactly one of these ends a job. finish: when Ok the result is kept as surely as submit says.
  virtual Status finish(const RenderJob& job, std::span<const std::uint8_t> dance) = 0;
  virtual Status fail(const RenderJob& job, const std::string& code, const std::string& message) = 0;
  virtual Status give_back(const RenderJob& job) = 0;  // to be done by another worker or after a restart
};

}  // namespace terpsi::native
