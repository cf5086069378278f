// ClusterQueue as front ends use it: renders are submitted, watched and cancelled.

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hash.h"
#include "native/cluster/cluster_queue.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Prefix of slots named by an Idempotency-Key: concurrent submissions with one key count once.
constexpr std::string_view kKeySlot = "key.";
constexpr std::int64_t kUnfinishedSeconds = 60;  // a submission not completed by then never will be
constexpr milliseconds kReadAgain{2000};         // announcements may be missed

Error other_key() {
  return {ErrorCode::invalid_argument,
          "this Idempotency-Key was used for another request within a day; use a new one for a new request"};
}

// An Idempotency-Key's entry.
struct Claim {
  std::string id, request_sha256;
};
std::string claim_to_json(const Claim& claim) {
  return nlohmann::json{{"id", claim.id}, {"request", claim.request_sha256}}.dump();
}
std::optional<Claim> claim_from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_string() || !json.contains("request") ||
      !json["request"].is_string()) {
    return std::nullopt;
  }
  return Claim{json["id"].get<std::string>(), json["request"].get<std::string>()};
}

// Counts a thread that waits for changes of a render.
struct WatchScope {
  WatchScope(QueueState& state, const std::string& id) : state_(state), id_(id) {
    const std::lock_guard lock(state_.mutex);
    ++state_.watches[id_].threads;
  }
  WatchScope(const WatchScope&) = delete;
  ~WatchScope() {
    const std::lock_guard lock(state_.mutex);
    const auto entry = state_.watches.find(id_);
    if (--entry->second.threads == 0) state_.watches.erase(entry);
  }

 private:
  QueueState& state_;
  const std::string& id_;
};

Result<bool> has_message(const QueueState& state, const std::string& id) {
  const std::string subject = state.subject + id;
  const Outcome outcome = state.cluster->call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    natsMsg* message = nullptr;
    const natsStatus status = js_GetLastMsg(&message, state.cluster->jetstream(), state.stream.c_str(),
                                            subject.c_str(), limits, code);
    const MessageHandle owner(message);
    return status;
  });
  if (outcome.missing()) return false;
  if (!outcome.ok()) return state.cluster->error(outcome, "look for a render");
  return true;
}

// Whether a slot of a client, taken at `since` (seconds since 1970), is still that of a render under way.
Result<bool> still_counts(const QueueState& state, const std::string& slot, std::int64_t since) {
  const bool recent = std::abs(unix_now() - since) < kUnfinishedSeconds;
  std::string id = slot;
  if (slot.starts_with(kKeySlot)) {
    const auto entry = state.keys.get(slot.substr(kKeySlot.size()));
    if (!entry) return entry.error();
    const auto claim = *entry ? claim_from_json((*entry)->value) : std::nullopt;
    if (!claim) return recent;
    id = claim->id;
  }
  const auto now = find_record(state, id);
  if (!now) return now.error();
  if (!*now) return recent;  // its front end may be about to write it, or died before it could
  if (is_over((*now)->record.status.state)) return false;
  if (recent || (*now)->record.status.state != RenderState::queued) return true;
  return has_message(state, id);  // without one it will never run: its front end died in between
}

// Writes the record and the message of a render, either of which may be there already. `refused`: the render
// was not accepted and nothing of it is left.
Status enqueue(const QueueState& state, const std::string& id, const NewRender& render, bool& refused) {
  refused = false;
  auto now = find_record(state, id);
  if (!now) return now.error();
  if (!*now) {
    VersionedRecord made;
    made.record.status.id = id;
    made.record.status.model = render.model;
    made.record.status.created = unix_now();
    const auto revision = state.status.write(id, record_to_json(made.record), 0);
    if (!revision) return revision.error();
    if (*revision) {
      made.revision = **revision;
      *now = std::move(made);
    } else {  // the same key, just now, at another front end
      now = find_record(state, id);
      if (!now) return now.error();
      if (!*now)
        return Error{ErrorCode::io, "the render was removed while it was being submitted; try again"};
    }
  }
  VersionedRecord& status = **now;
  if (status.record.status.state != RenderState::queued || status.record.message != 0) return ok_status();

  const std::string subject = state.subject + id;
  std::uint64_t sequence = 0;
  const Outcome outcome = state.cluster->call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MaxWait = limits->Wait;
    how.ExpectNoMessage = true;
    jsPubAck* ack = nullptr;
    const natsStatus published =
        js_Publish(&ack, state.cluster->jetstream(), subject.c_str(), render.request.data(),
                   static_cast<int>(render.request.size()), &how, code);
    const PublishAckHandle owner(ack);
    if (published == NATS_OK) sequence = ack->Sequence;
    return published;
  });
  if (outcome.ok()) {
    // Only for its position in the queue: a worker that was faster writes it as well.
    status.record.message = sequence;
    (void)state.status.write_quickly(id, record_to_json(status.record), status.revision, milliseconds(1000));
    return ok_status();
  }
  if (outcome.conflict()) return ok_status();  // an earlier try got through

  refused = true;
  if (outcome.code != 0 && !outcome.repeated) {
    (void)state.status.erase(status.revision);
  } else {  // the message may be there for all we know: workers skip it when its record says so
    (void)update_record(state, id, [](RenderRecord& record) {
      if (record.status.state != RenderState::queued) return false;
      end_record(record, RenderState::failed, "unavailable", "the cluster could not accept the render");
      return true;
    });
  }
  if (outcome.text.find("maximum") != std::string::npos && outcome.code == JSStreamStoreFailedErr) {
    return Error{ErrorCode::busy, "the queue of renders is full; try again later"};
  }
  return state.cluster->error(outcome, "accept a render");
}

}  // namespace

Result<std::string> ClusterQueue::submit(const NewRender& render) {
  if (auto fits = state_->cluster->check_size("the request", render.request.size()); !fits)
    return fits.error();
  const std::string request_sha256 =
      render.key.empty() ? std::string() : sha256_hex(bytes_of(render.request));
  const std::string key =
      render.key.empty() ? std::string() : sha256_hex(bytes_of(render.client + '\0' + render.key));
  for (int i = 0; i < kMaxRecordTries; ++i) {
    bool refused = false;
    if (!key.empty()) {
      const auto entry = state_->keys.get(key);
      if (!entry) return entry.error();
      if (const auto claim = *entry ? claim_from_json((*entry)->value) : std::nullopt) {
        if (!same_secret(claim->request_sha256, request_sha256)) return other_key();
        // Usually done already; when the front end that began it died, this completes it.
        if (auto begun = enqueue(*state_, claim->id, render, refused); !begun) return begun.error();
        return claim->id;
      }
    }

    const auto now = queue_depth(*state_, DepthAge::now);
    if (!now) return now.error();
    if (now->queued >= state_->cluster->options().max_queued) {
      return Error{ErrorCode::busy, "the queue of renders is full: " + std::to_string(now->queued) +
                                        " renders are waiting; try again later"};
    }
    const std::string id = new_id(), slot = key.empty() ? id : std::string(kKeySlot) + key;
    if (auto counted = state_->clients.take(render.client, slot, state_->cluster->options().max_per_client,
                                            [&](const std::string& other, std::int64_t since) {
                                              return still_counts(*state_, other, since);
                                            });
        !counted) {
      return counted.error();
    }
    std::uint64_t claimed = 0;
    if (!key.empty()) {
      const auto claim = state_->keys.write(key, claim_to_json({id, request_sha256}), 0);
      if (!claim) return claim.error();
      if (!*claim) continue;  // the same key, just now, at another front end
      claimed = **claim;
    }
    const auto begun = enqueue(*state_, id, render, refused);
    if (begun) {
      forget_depth(*state_);
      return id;
    }
    if (refused) {
      state_->clients.give_back(render.client, slot);
      if (claimed != 0) (void)state_->keys.erase(claimed);
    }
    return begun.error();
  }
  return Error{ErrorCode::busy, "too many requests with this Idempotency-Key at once; try again"};
}

Result<RenderStatus> ClusterQueue::status(const std::string& id) {
  const auto now = find_record(*state_, id);
  if (!now) return now.error();
  if (!*now) return unknown_render();
  return status_of(*state_, **now);
}

Result<std::vector<RenderStatus>> ClusterQueue::changes(const std::string& id, std::uint64_t after,
                                                        milliseconds wait) {
  const auto deadline = Clock::now() + wait;
  if (!is_id(id)) return unknown_render();
  const WatchScope scope(*state_, id);
  for (;;) {
    const auto now = find_record(*state_, id);
    if (!now) return now.error();
    if (!*now) return unknown_render();
    if ((*now)->revision > after) return std::vector<RenderStatus>{status_of(*state_, **now)};
    if (is_over((*now)->record.status.state) || Clock::now() >= deadline) return std::vector<RenderStatus>();
    std::optional<VersionedRecord> news;
    {
      std::unique_lock lock(state_->mutex);
      Watch& watch = state_->watches.at(id);
      state_->changed.wait_until(lock, std::min(deadline, Clock::now() + kReadAgain),
                                 [&] { return watch.newest && watch.newest->revision > after; });
      if (watch.newest && watch.newest->revision > after) news = watch.newest;
    }
    if (news) return std::vector<RenderStatus>{status_of(*state_, *news)};
    if (Clock::now() >= deadline) return std::vector<RenderStatus>();
  }
}

Status ClusterQueue::cancel(const std::string& id) {
  bool waited = false;
  const auto changed = update_record(*state_, id, [&](RenderRecord& record) {
    if (is_over(record.status.state)) return false;
    waited = record.status.state == RenderState::queued;
    end_record(record, RenderState::cancelled);
    return true;
  });
  if (!changed) return changed.error();
  const std::uint64_t message = changed->now.record.message;
  if (changed->written && waited && message != 0) {
    // So that it takes no room in the queue; workers would skip it anyway. (Not purged by its subject: servers
    // of version 2.9 then skip others that wait.)
    (void)state_->cluster->call_once(
        [&](jsOptions* limits, jsErrCode* code) {
          return js_DeleteMsg(state_->cluster->jetstream(), state_->stream.c_str(), message, limits, code);
        },
        milliseconds(1000));
    forget_depth(*state_);
  }
  return ok_status();
}

Result<std::vector<std::uint8_t>> ClusterQueue::result(const std::string& id) {
  const auto now = find_record(*state_, id);
  if (!now) return now.error();
  if (!*now) return unknown_render();
  const RenderRecord& record = (*now)->record;
  if (record.status.state != RenderState::done || record.result.empty()) {
    return Error{ErrorCode::not_found, "the render is not done"};
  }
  const auto dance = state_->results.get_near(record.result);
  if (!dance) return dance.error();
  if (!*dance || (*dance)->value.empty()) {
    return Error{ErrorCode::not_found, "the result is no longer kept; render the song again"};
  }
  const std::string& value = (*dance)->value;
  return std::vector<std::uint8_t>(value.begin(), value.end());
}

}  // namespace terpsi::native
