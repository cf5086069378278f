#include "native/cluster/announcements.h"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace terpsi::native {

Result<std::unique_ptr<Announcements>> Announcements::listen(std::shared_ptr<Cluster> cluster,
                                                             const Bucket& bucket, Handler handler) {
  natsSubscription* made = nullptr;
  const std::string subject = bucket.announcements() + ".>";
  const Outcome outcome = cluster->call_with_retries([&](jsOptions*, jsErrCode*) {
    return natsConnection_SubscribeSync(&made, cluster->connection(), subject.c_str());
  });
  SubscriptionHandle subscription(made);
  if (!outcome.ok()) return cluster->error(outcome, "listen to changes");
  return std::unique_ptr<Announcements>(
      new Announcements(std::move(cluster), std::move(subscription), std::move(handler)));
}

Announcements::Announcements(std::shared_ptr<Cluster> cluster, SubscriptionHandle subscription,
                             Handler handler)
    : cluster_(std::move(cluster)),
      subscription_(std::move(subscription)),
      handler_(std::move(handler)),
      thread_([this] { run(); }) {}

Announcements::~Announcements() {
  stop_ = true;
  natsSubscription_Unsubscribe(subscription_.get());  // wakes the thread
  thread_.join();
}

void Announcements::run() {
  while (!stop_) {
    natsMsg* next = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&next, subscription_.get(), 500);
    const MessageHandle message(next);
    if (status != NATS_OK) {
      if (status != NATS_TIMEOUT && !stop_) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    const char* sequence = nullptr;
    if (natsMsgHeader_Get(next, "Nats-Sequence", &sequence) != NATS_OK) continue;  // not from the servers
    const std::string subject = natsMsg_GetSubject(next);
    Entry entry;
    entry.key = subject.substr(subject.rfind('.') + 1);
    entry.revision = std::strtoull(sequence, nullptr, 10);
    if (const int size = natsMsg_GetDataLength(next); size > 0) {
      entry.value.assign(natsMsg_GetData(next), static_cast<std::size_t>(size));
    }
    handler_(entry);
  }
}

}  // namespace terpsi::native
