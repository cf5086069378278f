#pragma once
// What the routes of the server work with: its options, stores and counters.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "native/http/client.h"
#include "native/http/http.h"
#include "native/http/rate_limit.h"
#include "native/networks/models.h"
#include "native/queue/render_queue.h"
#include "native/queue/worker.h"
#include "native/server/metrics.h"
#include "native/store/dance_store.h"

namespace terpsi::native {

struct SiteOptions {
  std::string public_url;     // as others reach it, e.g. https://dance.example.org; empty: the Host header
  std::string default_model;  // of renders; see default_model_of
  std::string render_token;   // wanted for renders when not empty
  std::vector<std::string> cors_origins;  // that may use the API from their pages; "*": everybody
  TrustedProxies proxies;
  int dance_days = 90;       // a shared dance is kept; 0: for ever
  int max_dance_days = 366;  // that a client may ask for; 0: for ever too
  int renders_per_minute = 20, dances_per_minute = 60, exports_per_minute = 120;  // of a client; 0: no limit
  bool dances = true;                                                             // may be shared here
};

// Places for work that is expensive, few at once. A Place is given back by destruction; false when none
// became free in time.
class Places {
 public:
  explicit Places(int count) : free_(count) {}
  class Place {
   public:
    explicit Place(Places* owner) : owner_(owner) {}
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (owner_ != nullptr) owner_->give_back();
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    Places* owner_;
  };
  Place take(std::chrono::milliseconds patience) {
    return Place(free_.try_acquire_for(patience) ? this : nullptr);
  }

 private:
  void give_back() { free_.release(); }
  std::counting_semaphore<> free_;
};

struct Site {
  explicit Site(SiteOptions given)
      : options(std::move(given)),
        render_rate(options.renders_per_minute),
        dance_rate(options.dances_per_minute),
        export_rate(options.exports_per_minute) {}

  SiteOptions options;
  Models models;                 // that renders may name, and that listen to uploads; none without a queue
  RenderQueue* queue = nullptr;  // null: no renders here
  DanceStore* dances = nullptr;  // null: no dances here
  std::string index_html;        // of the built page
  Metrics metrics;
  RateLimit render_rate, dance_rate, export_rate;
  Places streams{limits::kMaxEventStreams}, decoders{limits::kMaxDecoders}, exporters{2};
  std::atomic<bool> stopping{false};

  // Of the worker in this process; empty where there is none.
  std::function<bool()> worker_ready;
  std::function<std::string()> worker_device;
  std::function<WorkerFigures()> worker_figures;
  std::function<int()> connections;
};

// One request on its way to a route.
struct Call {
  Site& site;
  const HttpRequest& request;
  HttpResponse& response;
  std::string client;  // see client_of
  Route route = Route::other;
};

// The address of the site for this request: options.public_url, or what the Host header says when it looks
// like a host; http unless a trusted proxy says https.
std::string public_url_of(const Call& call);

// False, and answered with 429, when the client does this too often.
bool within_rate(const Call& call, RateLimit& rate);

}  // namespace terpsi::native
