#pragma once
// One site on many machines: renders and dances in a cluster of NATS servers with JetStream, so that any
// number of front ends (`terpsi serve --cluster`) and workers (`terpsi work --cluster`) serve it together.
// What runs where and what is lost when: docs/cluster.md. Only the sources of this folder know NATS.

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
  std::string urls;  // nats://user:password@a:4222,b:4222,c; a missing scheme, user or password is the first
                     // one's, a missing port 4222; tls:// for encrypted connections
  std::string credentials;  // a .creds file in place of user and password; may be empty
  int replicas = 0;  // how many servers keep each render and dance, 1, 3 or 5; 0: min(3, servers), of those
                     // that exist when the first front end or worker starts; kept from then on
  std::string site = "terpsi";  // the site's streams and buckets begin with it: 1 to 32 of a-z 0-9 -

  // How long a call goes on trying while servers fail or elect a leader (which takes up to 10 s), before it
  // says io.
  std::chrono::milliseconds patience{20000};

  // Renders
  std::chrono::milliseconds worker_silence{15000};  // a worker that says nothing for so long is dead; >= 1 s
  int max_queued = limits::kMaxQueuedRenders;
  int max_per_client = limits::kMaxRendersPerClient;

  // Dances
  std::size_t cache_bytes = 64u << 20;           // of dances kept in memory
  std::chrono::seconds cleaning_interval{600};   // between two looks for what can go
  std::chrono::seconds cleaning_patience{3600};  // how long a dance must be seen expired, or a file unused
};

// Both connect, make what the site needs when nobody has made it yet, and go on connecting for ever when the
// connection is lost later. Errors: invalid_argument (options), not_found (the credentials file), io (no
// server answers, or they refuse the user), unsupported (JetStream is not enabled, or fewer servers than
// replicas).
Result<std::unique_ptr<RenderQueue>> open_cluster_queue(const ClusterOptions& options);
Result<std::unique_ptr<DanceStore>> open_cluster_store(const ClusterOptions& options);

}  // namespace terpsi::native
