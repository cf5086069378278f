#include "native/cluster/bucket.h"

#include <utility>

namespace terpsi::native {
namespace {

constexpr std::chrono::milliseconds kWithRetries{0};

Entry entry_of(const std::string& key, natsMsg* message) {
  const int size = natsMsg_GetDataLength(message);
  return {key,
          size > 0 ? std::string(natsMsg_GetData(message), static_cast<std::size_t>(size)) : std::string(),
          natsMsg_GetSequence(message)};
}

}  // namespace

Bucket::Bucket(std::shared_ptr<Cluster> cluster, const std::string& what, const BucketOptions& options)
    : cluster_(std::move(cluster)),
      name_(cluster_->bucket(what)),
      stream_("KV_" + name_),
      prefix_("$KV." + name_ + "."),
      announcements_(cluster_->subject("changed-" + what)),
      quick_(options.quick) {}

Result<Bucket> Bucket::open(std::shared_ptr<Cluster> cluster, const std::string& what,
                            const BucketOptions& options) {
  Bucket bucket(std::move(cluster), what, options);
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  const std::string subjects = bucket.prefix_ + ">";
  const char* subject = subjects.c_str();
  config.Name = bucket.stream_.c_str();
  config.Subjects = &subject;
  config.SubjectsLen = 1;
  config.MaxMsgsPerSubject = 1;
  config.Discard = js_DiscardNew;
  config.AllowRollup = true;
  config.AllowDirect = options.quick;
  config.MaxAge = std::chrono::duration_cast<std::chrono::nanoseconds>(options.kept).count();
  jsRePublish announced;
  jsRePublish_Init(&announced);
  const std::string destination = bucket.announcements_ + ".>";
  if (options.announced) {
    announced.Source = subject;
    announced.Destination = destination.c_str();
    config.RePublish = &announced;
  }
  if (auto made = bucket.cluster_->make_stream(config); !made) return made.error();
  return bucket;
}

Result<std::optional<Entry>> Bucket::get(const std::string& key) const {
  const std::string place = subject(key);
  natsMsg* message = nullptr;
  const Outcome outcome = cluster_->call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    return js_GetLastMsg(&message, cluster_->jetstream(), stream_.c_str(), place.c_str(), limits, code);
  });
  const MessageHandle owner(message);
  if (outcome.missing()) return std::optional<Entry>();
  if (!outcome.ok()) return cluster_->error(outcome, "read from " + name_);
  return std::optional<Entry>(entry_of(key, message));
}

Result<std::optional<Entry>> Bucket::get_near(const std::string& key) const {
  if (quick_) {
    const std::string place = subject(key);
    jsDirectGetMsgOptions what;
    jsDirectGetMsgOptions_Init(&what);
    what.LastBySubject = place.c_str();
    natsMsg* message = nullptr;
    const Outcome outcome = cluster_->call_once(
        [&](jsOptions* limits, jsErrCode*) {
          return js_DirectGetMsg(&message, cluster_->jetstream(), stream_.c_str(), limits, &what);
        },
        std::chrono::milliseconds(1000));
    const MessageHandle owner(message);
    if (outcome.ok()) return std::optional<Entry>(entry_of(key, message));
  }
  return get(key);
}

Outcome Bucket::publish(const std::string& key, std::string_view value, std::optional<std::uint64_t> expected,
                        std::chrono::milliseconds wait, std::uint64_t& revision) const {
  const std::string place = subject(key);
  const auto call = [&](jsOptions* limits, jsErrCode* code) {
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MaxWait = limits->Wait;
    if (expected) {
      how.ExpectLastSubjectSeq = *expected;
      how.ExpectNoMessage = *expected == 0;
    }
    jsPubAck* ack = nullptr;
    const natsStatus status = js_Publish(&ack, cluster_->jetstream(), place.c_str(), value.data(),
                                         static_cast<int>(value.size()), &how, code);
    const PublishAckHandle owner(ack);
    if (status == NATS_OK) revision = ack->Sequence;
    return status;
  };
  return wait == kWithRetries ? cluster_->call_with_retries(call) : cluster_->call_once(call, wait);
}

Result<std::uint64_t> Bucket::put(const std::string& key, std::string_view value) const {
  std::uint64_t revision = 0;
  const Outcome outcome = publish(key, value, std::nullopt, kWithRetries, revision);
  if (!outcome.ok()) return cluster_->error(outcome, "write to " + name_);
  return revision;
}

Result<std::optional<std::uint64_t>> Bucket::write(const std::string& key, std::string_view value,
                                                   std::uint64_t expected) const {
  std::uint64_t revision = 0;
  const Outcome outcome = publish(key, value, expected, kWithRetries, revision);
  if (outcome.ok()) return std::optional<std::uint64_t>(revision);
  if (!outcome.conflict()) return cluster_->error(outcome, "write to " + name_);
  if (!outcome.repeated) return std::optional<std::uint64_t>();
  // An earlier try may be what was in the way of this one.
  const auto now = get(key);
  if (!now) return now.error();
  if (*now && (*now)->value == value) return std::optional<std::uint64_t>((*now)->revision);
  return std::optional<std::uint64_t>();
}

Result<std::optional<std::uint64_t>> Bucket::write_quickly(const std::string& key, std::string_view value,
                                                           std::uint64_t expected,
                                                           std::chrono::milliseconds wait) const {
  std::uint64_t revision = 0;
  const Outcome outcome = publish(key, value, expected, wait, revision);
  if (outcome.ok()) return std::optional<std::uint64_t>(revision);
  if (outcome.conflict()) return std::optional<std::uint64_t>();
  return cluster_->error(outcome, "write to " + name_);
}

Status Bucket::erase(std::uint64_t revision) const {
  const Outcome outcome = cluster_->call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    const natsStatus status = js_DeleteMsg(cluster_->jetstream(), stream_.c_str(), revision, limits, code);
    if (status == NATS_OK || *code != JSStreamMsgDeleteFailed) return status;
    *code = {};  // the answer also when there is nothing to delete
    natsMsg* message = nullptr;
    const natsStatus there =
        js_GetMsg(&message, cluster_->jetstream(), stream_.c_str(), revision, limits, code);
    const MessageHandle owner(message);
    if (there == NATS_OK) *code = JSStreamMsgDeleteFailed;
    return there == NATS_OK ? status : there;
  });
  if (outcome.ok() || outcome.missing()) return ok_status();
  return cluster_->error(outcome, "remove from " + name_);
}

Result<std::vector<Entry>> Bucket::list(bool values) const {
  kvStore* made = nullptr;
  const Outcome bound = cluster_->call_with_retries(
      [&](jsOptions*, jsErrCode*) { return js_KeyValue(&made, cluster_->jetstream(), name_.c_str()); });
  const StoreHandle store(made);
  if (!bound.ok()) return cluster_->error(bound, "list " + name_);

  kvWatchOptions how;
  kvWatchOptions_Init(&how);
  how.IgnoreDeletes = true;
  how.MetaOnly = !values;
  std::vector<Entry> entries;
  const Outcome outcome = cluster_->call_with_retries([&](jsOptions* limits, jsErrCode*) {
    entries.clear();
    kvWatcher* watcher = nullptr;
    natsStatus status = kvStore_WatchAll(&watcher, store.get(), &how);
    const WatcherHandle owner(watcher);
    while (status == NATS_OK) {
      kvEntry* next = nullptr;
      status = kvWatcher_Next(&next, watcher, limits->Wait);
      const EntryHandle entry(next);
      if (status != NATS_OK || next == nullptr) break;  // nullptr: that was all
      const auto* value = static_cast<const char*>(kvEntry_Value(next));
      const int size = values ? kvEntry_ValueLen(next) : 0;
      entries.push_back({kvEntry_Key(next),
                         size > 0 ? std::string(value, static_cast<std::size_t>(size)) : std::string(),
                         kvEntry_Revision(next)});
    }
    return status;
  });
  if (!outcome.ok()) return cluster_->error(outcome, "list " + name_);
  return entries;
}

bool Bucket::answers(std::chrono::milliseconds wait) const {
  return cluster_->connected() && cluster_
                                      ->call_once(
                                          [&](jsOptions* limits, jsErrCode* code) {
                                            jsStreamInfo* info = nullptr;
                                            const natsStatus status = js_GetStreamInfo(
                                                &info, cluster_->jetstream(), stream_.c_str(), limits, code);
                                            const StreamInfoHandle owner(info);
                                            return status;
                                          },
                                          wait)
                                      .ok();
}

}  // namespace terpsi::native
