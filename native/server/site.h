#pragma once
// What the endpoints of the server share: its options, stores and counters.

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
  std::string render_token;   // required for renders when not empty
  std::vector<std::string> cors_origins;  // whose pages may use the API; "*": all
  TrustedProxies proxies;
  int dance_days = 90;       // that a shared dance is kept; 0: forever
  int max_dance_days = 366;  // that a client may ask for; 0: any number, or forever
  int renders_per_minute = 20, dances_per_minute = 60, exports_per_minute = 120;  // of a client; 0: no limit
  bool dances = true;                                                             // can be shared here
};

// Limits how many costly operations run at once. A Permit is false when none became free in time; its destructor
// releases it.
class Permits {
 public:
  explicit Permits(int count) : free_(count) {}
  class Permit {
   public:
    explicit Permit(Permits* owner) : owner_(owner) {}
    Permit(Permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (owner_ != nullptr) owner_->free_.release();
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    Permits* owner_;
  };
  Permit acquire(std::chrono::milliseconds timeout) {
    return Permit(free_.try_acquire_for(timeout) ? this : nullptr);
  }

 private:
  std::counting_semaphore<> free_;
};

struct Site {
  explicit Site(SiteOptions given)
      : options(std::move(given)),
        render_rate(options.renders_per_minute),
        dance_rate(options.dances_per_minute),
        export_rate(options.exports_per_minute) {}

  SiteOptions options;
  Models models;                 // that renders may name, and that analyse uploads; none without a queue
  RenderQueue* queue = nullptr;  // null: this server does not render
  DanceStore* dances = nullptr;  // null: this server keeps no dances
  std::string index_html;        // of the built page
  Metrics metrics;
  RateLimit render_rate, dance_rate, export_rate;
  Permits streams{limits::kMaxEventStreams}, decoders{limits::kMaxDecoders}, exporters{2};
  std::atomic<bool> stopping{false};

  // Of the worker in this process; empty where there is none.
  std::function<bool()> worker_ready;
  std::function<std::string()> worker_device;
  std::function<WorkerFigures()> worker_figures;
  std::function<int()> connections;
};

// One request on its way to an endpoint.
struct Call {
  Site& site;
  const HttpRequest& request;
  HttpResponse& response;
  std::string client;                            // see client_of
  const httplib::ContentReader* body = nullptr;  // of a POST
  std::string name = {};                         // segment of the path that stands for "*" in Endpoint::path
  Route route = Route::other;
};

// The URL of the site as this client reaches it: options.public_url, or else that of the Host header if it looks
// like a host; http unless a trusted proxy says https.
std::string public_url_of(const Call& call);

// False, and answered with 429, when the client exceeds the rate.
bool within_rate(const Call& call, RateLimit& rate);

}  // namespace terpsi::native
