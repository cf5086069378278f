// ClusterQueue as workers use it: renders are taken under a lease, kept alive and ended.

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "native/cluster/cluster_queue.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

using std::chrono::duration_cast, std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kFetch{2000};           // a request for work; one that a dead server holds is lost
constexpr milliseconds kReadLeaseAgain{2000};  // announcements may be missed
constexpr milliseconds kWriteEvery{500};       // of progress
constexpr milliseconds kWriteWait{500};
constexpr std::uint64_t kUnknownDeliveries = 5;  // of a render whose record cannot be found

std::string last_token(const char* subject) {
  const std::string text = subject;
  return text.substr(text.rfind('.') + 1);
}

Result<SubscriptionHandle> pull_subscription(QueueState& state) {
  {
    const std::lock_guard lock(state.mutex);
    if (!state.idle_pulls.empty()) {
      SubscriptionHandle last = std::move(state.idle_pulls.back());
      state.idle_pulls.pop_back();
      return last;
    }
  }
  natsSubscription* made = nullptr;
  const Outcome outcome = state.cluster->call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    jsSubOptions what;
    jsSubOptions_Init(&what);
    what.Stream = state.stream.c_str();
    what.Consumer = kWorkerConsumer;
    return js_PullSubscribe(&made, state.cluster->jetstream(), nullptr, kWorkerConsumer, limits, &what, code);
  });
  if (!outcome.ok()) return state.cluster->error(outcome, "ask for work");
  return SubscriptionHandle(made);
}

std::shared_ptr<Lease> find_lease(QueueState& state, const RenderJob& job) {
  const std::lock_guard lock(state.mutex);
  const auto found = state.leases.find(job.handle);
  return found == state.leases.end() || found->second->id != job.id ? nullptr : found->second;
}

void release(QueueState& state, const RenderJob& job) {
  {
    const std::lock_guard lock(state.mutex);
    state.leases.erase(job.handle);
  }
  forget_depth(state);
}

// Copies the request of a render that was begun too often to the dead letters, and fails the render.
Status dead_letter(QueueState& state, const std::string& id, const VersionedRecord& known, natsMsg* message) {
  const std::string subject = state.dead_subject + id;
  const Outcome outcome = state.cluster->call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    natsMsg* made = nullptr;
    natsStatus status = natsMsg_Create(&made, subject.c_str(), nullptr, natsMsg_GetData(message),
                                       natsMsg_GetDataLength(message));
    const MessageHandle letter(made);
    const std::string attempts = std::to_string(known.record.status.attempts);
    if (status == NATS_OK) status = natsMsgHeader_Set(made, "Terpsi-Attempts", attempts.c_str());
    if (status == NATS_OK)
      status = natsMsgHeader_Set(made, "Terpsi-Device", known.record.status.device.c_str());
    if (status != NATS_OK) return status;
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MaxWait = limits->Wait;
    how.ExpectNoMessage = true;
    jsPubAck* ack = nullptr;
    status = js_PublishMsg(&ack, state.cluster->jetstream(), made, &how, code);
    const PublishAckHandle owner(ack);
    return status;
  });
  if (!outcome.ok() && !outcome.conflict()) return state.cluster->error(outcome, "keep a dead letter");
  const auto changed = update_record(
      state, id,
      [&](RenderRecord& record) {
        if (is_over(record.status.state)) return false;
        end_record(record, RenderState::failed, "gave_up",
                   "every worker that began this render crashed while making it (" +
                       std::to_string(record.status.attempts) + " times); try another model or song");
        return true;
      },
      known);
  if (!changed) return changed.error();
  natsMsg_Ack(message, nullptr);
  return ok_status();
}

// Begins an attempt at the render of this message; nothing when there is none to begin.
Result<std::optional<RenderJob>> begin_attempt(QueueState& state, MessageHandle message,
                                               const std::string& device) {
  const std::string id = last_token(natsMsg_GetSubject(message.get()));
  jsMsgMetaData* meta = nullptr;
  if (natsMsg_GetMetaData(&meta, message.get()) != NATS_OK) return std::optional<RenderJob>();
  const MetaDataHandle meta_owner(meta);
  const std::uint64_t sequence = meta->Sequence.Stream;

  auto lease = std::make_shared<Lease>();
  lease->id = id;
  lease->owner = new_id();
  bool exhausted = false, obsolete = false;
  const auto changed = update_record(state, id, [&](RenderRecord& record) {
    exhausted = false;
    // A submission that was tried twice can leave a second message of the same render.
    obsolete = is_over(record.status.state) || (record.message != 0 && record.message != sequence);
    if (obsolete) return false;
    exhausted = record.status.attempts >= limits::kMaxRenderAttempts;
    if (exhausted) return false;
    record.message = sequence;
    record.owner = lease->owner;
    record.status.state = RenderState::running;
    record.status.attempts += 1;
    record.status.progress = 0;
    record.status.device = device;
    if (record.status.started == 0) record.status.started = unix_now();
    return true;
  });
  if (!changed && changed.error().code == ErrorCode::not_found) {
    if (meta->NumDelivered < kUnknownDeliveries)
      natsMsg_NakWithDelay(message.get(), 1000, nullptr);
    else
      natsMsg_Ack(message.get(), nullptr);
    return std::optional<RenderJob>();
  }
  if (!changed) {
    natsMsg_Nak(message.get(), nullptr);
    return changed.error();
  }
  if (obsolete) {
    natsMsg_Ack(message.get(), nullptr);
    return std::optional<RenderJob>();
  }
  if (exhausted) {
    if (auto kept = dead_letter(state, id, changed->now, message.get()); !kept) return kept.error();
    return std::optional<RenderJob>();
  }

  RenderJob job;
  job.id = id;
  job.request.assign(natsMsg_GetData(message.get()),
                     static_cast<std::size_t>(std::max(0, natsMsg_GetDataLength(message.get()))));
  job.attempt = changed->now.record.status.attempts;
  lease->message = std::move(message);
  lease->record = changed->now.record;
  lease->revision = changed->now.revision;
  lease->heartbeat = lease->written = lease->read = Clock::now();
  {
    const std::lock_guard lock(state.mutex);
    job.handle = state.next_handle++;
    state.leases[job.handle] = std::move(lease);
  }
  forget_depth(state);
  return std::optional<RenderJob>(std::move(job));
}

}  // namespace

Result<std::optional<RenderJob>> ClusterQueue::take(milliseconds wait, const std::string& device) {
  const auto deadline = Clock::now() + wait;
  auto pull = pull_subscription(*state_);
  if (!pull) return pull.error();
  for (;;) {
    const auto left = duration_cast<milliseconds>(deadline - Clock::now());
    natsMsgList list{};
    const Outcome outcome = state_->cluster->call_once(
        [&](jsOptions* limits, jsErrCode* code) {
          return natsSubscription_Fetch(&list, pull->get(), 1, limits->Wait, code);
        },
        std::clamp(left, milliseconds(100), kFetch));
    MessageHandle message;
    if (outcome.ok() && list.Count > 0) message.reset(std::exchange(list.Msgs[0], nullptr));
    natsMsgList_Destroy(&list);
    if (message) {
      auto job = begin_attempt(*state_, std::move(message), device);
      if (!job || *job) {
        const std::lock_guard lock(state_->mutex);
        state_->idle_pulls.push_back(std::move(*pull));
        return job;
      }
      continue;  // nothing to do for it
    }
    if (!natsSubscription_IsValid(pull->get())) {
      pull = pull_subscription(*state_);
      if (!pull) return pull.error();
    } else if (!outcome.ok() && outcome.status != NATS_TIMEOUT) {
      std::this_thread::sleep_for(milliseconds(100));  // no leader at the moment
    }
    if (Clock::now() >= deadline) break;
  }
  const std::lock_guard lock(state_->mutex);
  state_->idle_pulls.push_back(std::move(*pull));
  return std::optional<RenderJob>();
}

bool ClusterQueue::progress(const RenderJob& job, double progress) {
  const auto lease = find_lease(*state_, job);
  if (!lease) return false;
  const std::lock_guard lock(lease->mutex);
  const auto now = Clock::now();
  const auto stop = [&] {
    // A superfluous acknowledgement does no harm; a missing one costs a redelivery after worker_silence.
    if (const auto there = find_record(*state_, job.id);
        there && *there && is_over((*there)->record.status.state)) {
      natsMsg_Ack(lease->message.get(), nullptr);
    }
    release(*state_, job);
    return false;
  };
  if (lease->lost) return stop();
  if (now - lease->heartbeat >= state_->cluster->options().worker_silence / 5) {
    if (natsMsg_InProgress(lease->message.get(), nullptr) == NATS_OK) lease->heartbeat = now;
  }
  if (!std::isfinite(progress)) progress = 0;
  progress = std::clamp(progress, lease->record.status.progress, 1.0);
  const bool due = progress - lease->record.status.progress >= 0.005 && now - lease->written >= kWriteEvery;
  if (!due && now - lease->read < kReadLeaseAgain) return true;

  // One try only: when the cluster is busy with itself, the render goes on.
  RenderRecord next = lease->record;
  next.status.progress = progress;
  const auto written =
      state_->status.write_quickly(job.id, record_to_json(next), lease->revision, kWriteWait);
  lease->written = lease->read = Clock::now();
  if (written && *written) {
    lease->revision = **written;
    lease->record = std::move(next);
    return true;
  }
  if (!written) return true;
  // Somebody else changed it, or an own change's answer was lost.
  const auto entry = find_record(*state_, job.id);
  if (!entry) return true;
  if (!*entry || is_over((*entry)->record.status.state) || (*entry)->record.owner != lease->owner)
    return stop();
  lease->record = (*entry)->record;
  lease->revision = (*entry)->revision;
  return true;
}

Status ClusterQueue::finish(const RenderJob& job, std::span<const std::uint8_t> dance) {
  const auto lease = find_lease(*state_, job);
  if (!lease) return Error{ErrorCode::cancelled, "the render is no longer this worker's"};
  if (auto fits = state_->cluster->check_size("the dance", dance.size()); !fits) {
    (void)fail(job, "too_large", fits.error().message);  // no worker could do better
    return fits;
  }
  const std::lock_guard lock(lease->mutex);
  const std::string key = job.id + "." + lease->owner;
  const auto kept = state_->results.put(key, {reinterpret_cast<const char*>(dance.data()), dance.size()});
  if (!kept) return kept.error();
  // Also over the lease of a worker that began it meanwhile: a result is a result.
  const auto changed = update_record(
      *state_, job.id,
      [&](RenderRecord& record) {
        if (is_over(record.status.state)) return false;
        end_record(record, RenderState::done);
        record.status.progress = 1;
        record.result = key;
        return true;
      },
      VersionedRecord{lease->record, lease->revision});
  if (!changed && changed.error().code != ErrorCode::not_found) return changed.error();
  natsMsg_Ack(lease->message.get(), nullptr);
  release(*state_, job);
  if (!changed) return changed.error();
  if (changed->now.record.result == key) return ok_status();
  (void)state_->results.erase(*kept);
  if (changed->now.record.status.state == RenderState::done) return ok_status();
  return Error{ErrorCode::cancelled, "the render was over before this worker finished it"};
}

Status ClusterQueue::fail(const RenderJob& job, const std::string& code, const std::string& message) {
  const auto lease = find_lease(*state_, job);
  if (!lease) return ok_status();
  const std::lock_guard lock(lease->mutex);
  bool others = false;
  const auto changed = update_record(
      *state_, job.id,
      [&](RenderRecord& record) {
        others = record.owner != lease->owner;
        if (is_over(record.status.state) || others) return false;
        end_record(record, RenderState::failed, code, message);
        return true;
      },
      VersionedRecord{lease->record, lease->revision});
  if (!changed && changed.error().code != ErrorCode::not_found) return changed.error();
  if (!changed || is_over(changed->now.record.status.state)) natsMsg_Ack(lease->message.get(), nullptr);
  release(*state_, job);
  return ok_status();
}

Status ClusterQueue::give_back(const RenderJob& job) {
  const auto lease = find_lease(*state_, job);
  if (!lease) return ok_status();
  const std::lock_guard lock(lease->mutex);
  const auto changed = update_record(
      *state_, job.id,
      [&](RenderRecord& record) {
        if (is_over(record.status.state) || record.owner != lease->owner) return false;
        record.status.state = RenderState::queued;
        record.status.progress = 0;
        record.status.device.clear();
        record.status.started = 0;
        record.status.attempts -= 1;  // the worker lives: the render is not to blame
        record.owner.clear();
        return true;
      },
      VersionedRecord{lease->record, lease->revision});
  if (!changed && changed.error().code != ErrorCode::not_found) return changed.error();
  if (changed && changed->written) natsMsg_Nak(lease->message.get(), nullptr);
  if (!changed || is_over(changed->now.record.status.state)) natsMsg_Ack(lease->message.get(), nullptr);
  release(*state_, job);
  return ok_status();
}

}  // namespace terpsi::native
