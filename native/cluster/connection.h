#pragma once
// A connection to a cluster of NATS servers, with calls that are retried while servers die and return.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/cluster/cluster.h"
#include "native/cluster/handles.h"

namespace terpsi::native {

// The outcome of a call to NATS. `code` is 0 unless JetStream answered with an error.
struct Outcome {
  natsStatus status = NATS_OK;
  jsErrCode code{};
  bool repeated = false;  // an earlier try failed without an answer and may have taken effect
  std::string text;       // of an error

  bool ok() const { return status == NATS_OK; }
  bool missing() const;   // the stream has no such message
  bool conflict() const;  // the subject's last message is another one
};

// The servers of ClusterOptions::urls, with missing parts filled in, in the form that libnats expects. Errors:
// invalid_argument.
Result<std::vector<std::string>> server_urls(const std::string& urls);

// All functions may be called from any thread.
class Cluster {
 public:
  // Errors: as open_cluster_queue.
  static Result<std::shared_ptr<Cluster>> connect(const ClusterOptions& options);
  ~Cluster();

  jsCtx* jetstream() const { return jetstream_.get(); }
  natsConnection* connection() const { return connection_.get(); }
  const ClusterOptions& options() const { return options_; }
  int replicas() const { return replicas_; }

  // Bytes of the largest message that the servers accept.
  std::size_t max_message() const;

  bool connected() const;

  // Names of this site: stream("renders") is TERPSI_RENDERS, subject("renders") is terpsi.renders,
  // bucket("status") is terpsi_status.
  std::string stream(const std::string& what) const;
  std::string subject(const std::string& what) const;
  std::string bucket(const std::string& what) const;

  // Calls until it succeeds or fails for good, for at most options().patience. `call` gets the limits of one try.
  using Call = std::function<natsStatus(jsOptions*, jsErrCode*)>;
  Outcome call_with_retries(const Call& call) const;
  Outcome call_once(const Call& call, std::chrono::milliseconds wait) const;

  // Errors: too_large when a message with `bytes` of payload, of what `what` names, exceeds max_message().
  Status check_size(const std::string& what, std::size_t bytes) const;

  // Creates the stream unless it exists. Errors: unsupported (fewer servers than replicas), io.
  Status make_stream(jsStreamConfig config) const;

  // The error with a sentence for people; `doing` as in "store a dance".
  Error error(const Outcome& outcome, const std::string& doing) const;

 private:
  Cluster(ClusterOptions options, ConnectionHandle connection, JetStreamHandle jetstream, int replicas);
  const ClusterOptions options_;
  const ConnectionHandle connection_;
  const JetStreamHandle jetstream_;
  const int replicas_;

  using Time = std::chrono::steady_clock::time_point;
  Time give_up_at(Time now) const;
  void note(bool answered, Time begun) const;
  mutable std::mutex mutex_;                           // guards what follows
  mutable std::optional<Time> failing_, last_failed_;  // since when nothing was answered
};

}  // namespace terpsi::native
