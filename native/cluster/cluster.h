#pragma once
// One site on many machines: renders and dances in a cluster of NATS servers with JetStream, so that any
// number of front ends (`terpsi serve --cluster`) and workers (`terpsi work --cluster`) serve it together.
// docs/cluster.md says what runs where and what is lost when. Only the sources of this folder know NATS.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "native/queue/render_queue.h"
#include "native/store/dance_store.h"

namespace terpsi::native {

struct ClusterOptions {
  // nats://user:password@a:4222,b:4222,c; tls:// for encrypted connections. A missing scheme, user or password is
  // that of the first server, a missing port 4222.
  std::string urls;
  std::string credentials;  // a .creds file instead of user and password; may be empty
  // How many servers keep each render and dance: 1, 3 or 5; 0: 3 if there are at least 3 servers, else 1. Fixed
  // when the first front end or worker of the site starts.
  int replicas = 0;
  std::string site = "terpsi";  // prefix of the site's streams and buckets: 1 to 32 of a-z 0-9 -

  // How long a call retries while servers fail or elect a leader (which takes up to 10 s) before it returns io.
  std::chrono::milliseconds patience{20000};

  // Renders
  std::chrono::milliseconds worker_silence{15000};  // a worker silent for so long is considered dead; >= 1 s
  int max_queued = limits::kMaxQueuedRenders;
  int max_per_client = limits::kMaxRendersPerClient;

  // Dances
  std::size_t cache_bytes = 64u << 20;           // of dances kept in memory
  std::chrono::seconds cleaning_interval{600};   // between two sweeps
  std::chrono::seconds cleaning_patience{3600};  // how long a dance must be seen expired, or a file unused
};

// Both connect and create what the site needs unless it exists; a connection that is lost later is re-established
// for as long as it takes. Errors: invalid_argument (options), not_found (the credentials file), io (no server
// answers, or they refuse the user), unsupported (JetStream is not enabled, or fewer servers than replicas).
Result<std::unique_ptr<RenderQueue>> open_cluster_queue(const ClusterOptions& options);
Result<std::unique_ptr<DanceStore>> open_cluster_store(const ClusterOptions& options);

}  // namespace terpsi::native
