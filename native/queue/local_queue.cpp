#include "native/queue/local_queue.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

// Progress is not stored, so after a restart versions skip those that the previous process may have used.
constexpr std::uint64_t kVersionsOfAProcess = 1000000;

constexpr const char* kUpdate =
    "UPDATE renders SET state = ?1, status = ?2, attempts = ?3, finished = ?4 WHERE id = ?5";

Status write_status(Database& database, const RenderStatus& status) {
  auto update = database.prepare(kUpdate);
  if (!update) return update.error();
  return update->bind(name_of(status.state))
      .bind(status_to_json(status))
      .bind(status.attempts)
      .bind(status.finished)
      .bind(status.id)
      .run();
}

}  // namespace

Result<std::unique_ptr<LocalQueue>> LocalQueue::open(DataFolder& folder, const LocalQueueOptions& options) {
  std::unique_ptr<LocalQueue> queue(new LocalQueue(folder, options));
  if (auto status = queue->load(); !status) return status.error();
  return queue;
}

Status LocalQueue::load() {
  auto writing = folder_.write();
  if (!writing) return writing.error();
  Database& database = writing->database();
  auto rows = database.prepare("SELECT status, client, key, request FROM renders ORDER BY created, rowid");
  if (!rows) return rows.error();
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    auto status = status_from_json(rows->text(0));
    if (!status) continue;  // `terpsi admin verify` reports it
    Entry entry{std::move(*status), rows->text(1), rows->text(2), {},
                ++submitted_,       true,          false,         Clock::now()};
    entry.request_sha256 = sha256_hex(bytes_of(rows->text(3)));
    if (entry.status.state == RenderState::running) entry.status.state = RenderState::queued;
    if (!is_over(entry.status.state)) entry.status.version += kVersionsOfAProcess;
    entries_.emplace(entry.status.id, std::move(entry));
  }
  for (const auto& [id, entry] : entries_) {
    if (is_over(entry.status.state)) continue;
    if (auto status = write_status(database, entry.status); !status) return status;
  }
  return writing->commit();
}

Status LocalQueue::store_status(const Entry& entry) {
  auto writing = folder_.write();
  if (!writing) return writing.error();
  if (auto status = write_status(writing->database(), entry.status); !status) return status;
  return writing->commit();
}

Status LocalQueue::check_limits(const NewRender& render) const {
  int waiting = 0, own = 0;
  for (const auto& [id, entry] : entries_) {
    if (is_over(entry.status.state)) continue;
    waiting += entry.status.state == RenderState::queued;
    own += entry.client == render.client;
  }
  if (own >= options_.max_per_client) {
    return Error{ErrorCode::busy, "you have " + std::to_string(own) +
                                      " renders under way already; wait for one of them or cancel it"};
  }
  if (waiting >= options_.max_queued) {
    return Error{ErrorCode::busy, std::to_string(waiting) + " renders are waiting already; try again later"};
  }
  return ok_status();
}

Status LocalQueue::insert(const Entry& entry, const std::string& request) {
  auto writing = folder_.write();
  if (!writing) return writing.error();
  auto row = writing->database().prepare(
      "INSERT INTO renders (id, client, key, model, state, status, created, request) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!row) return row.error();
  row->bind(entry.status.id).bind(entry.client).bind(entry.key).bind(entry.status.model);
  row->bind(name_of(entry.status.state)).bind(status_to_json(entry.status)).bind(entry.status.created);
  if (auto status = row->bind(request).run(); !status) return status;
  return writing->commit();
}

LocalQueue::Entries::iterator LocalQueue::find_key(const NewRender& render) {
  if (render.key.empty()) return entries_.end();
  return std::find_if(entries_.begin(), entries_.end(), [&](const auto& item) {
    return item.second.key == render.key && item.second.client == render.client;
  });
}

Result<std::string> LocalQueue::submit(const NewRender& render) {
  const std::string digest = sha256_hex(bytes_of(render.request));
  Entry entry;
  {
    std::unique_lock lock(mutex_);
    // A submission with the same key that is being stored right now decides about this one, too.
    auto twin = find_key(render);
    while (twin != entries_.end() && !twin->second.stored) {
      changed_.wait_for(lock, std::chrono::milliseconds(50));
      twin = find_key(render);
    }
    if (twin != entries_.end()) {
      if (twin->second.request_sha256 == digest) return twin->first;
      return Error{ErrorCode::invalid_argument,
                   "this Idempotency-Key was used for another request; use a new one"};
    }
    if (auto status = check_limits(render); !status) return status.error();
    entry.client = render.client;
    entry.key = render.key;
    entry.request_sha256 = digest;
    entry.order = ++submitted_;
    entry.status.id = new_id();
    entry.status.model = render.model;
    entry.status.created = unix_now();
    entry.status.version = 1;
    entries_.emplace(entry.status.id, entry);
  }
  const Status stored = insert(entry, render.request);
  write_failed_ = !stored;
  const std::lock_guard lock(mutex_);
  if (stored) {
    entries_.at(entry.status.id).stored = true;
  } else {
    entries_.erase(entry.status.id);
  }
  changed_.notify_all();
  if (!stored) return stored.error();
  return entry.status.id;
}

Result<LocalQueue::Entry*> LocalQueue::find(const std::string& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.stored) return unknown_render();
  return &found->second;
}

RenderStatus LocalQueue::status_of(const Entry& entry) const {
  RenderStatus status = entry.status;
  if (status.state == RenderState::queued) {
    status.position = std::count_if(entries_.begin(), entries_.end(), [&](const auto& item) {
      return item.second.status.state == RenderState::queued && item.second.order < entry.order;
    });
  }
  return status;
}

void LocalQueue::publish_change(Entry& entry) {
  ++entry.status.version;
  if (is_over(entry.status.state)) entry.over_at = Clock::now();
  changed_.notify_all();
}

Result<RenderStatus> LocalQueue::status(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto entry = find(id);
  if (!entry) return entry.error();
  return status_of(**entry);
}

Result<std::vector<RenderStatus>> LocalQueue::changes(const std::string& id, std::uint64_t after,
                                                      std::chrono::milliseconds wait) {
  const auto until = Clock::now() + wait;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto entry = find(id);
    if (!entry) return entry.error();
    if ((*entry)->status.version > after) return std::vector<RenderStatus>{status_of(**entry)};
    if (changed_.wait_until(lock, until) == std::cv_status::timeout) return std::vector<RenderStatus>{};
  }
}

// Changes the status of a render that is not over by `write`, in the database first; Ok when it is over.
Status LocalQueue::transition(const std::string& id, const std::function<Status(Entry&)>& write) {
  const std::lock_guard transition_lock(transition_mutex_);
  Entry copy;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = find(id);
    if (!entry) return entry.error();
    if (is_over((*entry)->status.state)) return ok_status();
    copy = **entry;
  }
  ++copy.status.version;
  const Status written = write(copy);
  write_failed_ = !written;
  if (!written) return written;
  const std::lock_guard lock(mutex_);
  const auto entry = find(id);
  if (!entry) return entry.error();
  const std::uint64_t version = (*entry)->status.version;
  (*entry)->status = copy.status;
  (*entry)->status.version = std::max(version, copy.status.version - 1);
  publish_change(**entry);
  return ok_status();
}

Status LocalQueue::cancel(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    const auto entry = find(id);
    if (!entry) return entry.error();
    if (is_over((*entry)->status.state)) return ok_status();
    (*entry)->cancel = true;
    changed_.notify_all();
  }
  return transition(id, [this](Entry& entry) {
    entry.status.state = RenderState::cancelled;
    entry.status.finished = unix_now();
    return store_status(entry);
  });
}

Result<std::vector<std::uint8_t>> LocalQueue::result(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    const auto entry = find(id);
    if (!entry) return entry.error();
    if ((*entry)->status.state != RenderState::done)
      return Error{ErrorCode::not_found, "this render has no result (yet); ask for its status"};
  }
  std::string sha256;
  {
    auto reading = folder_.read();
    if (!reading) return reading.error();
    auto row = reading->database.prepare("SELECT result_sha256 FROM renders WHERE id = ?1");
    if (!row) return row.error();
    const auto found = row->bind(id).step();
    if (!found) return found.error();
    if (!*found) return unknown_render();
    sha256 = row->text(0);
  }
  return folder_.blobs().get(sha256);
}

QueueFigures LocalQueue::figures() {
  const std::lock_guard lock(mutex_);
  QueueFigures figures;
  for (const auto& [id, entry] : entries_) {
    figures.queued += entry.status.state == RenderState::queued;
    figures.running += entry.status.state == RenderState::running;
  }
  return figures;
}

LocalQueue::Entry* LocalQueue::next_queued() {
  Entry* oldest = nullptr;
  for (auto& [id, entry] : entries_) {
    const bool waits = entry.stored && entry.status.state == RenderState::queued && !entry.cancel;
    if (waits && (oldest == nullptr || entry.order < oldest->order)) oldest = &entry;
  }
  return oldest;
}

// Stores the attempt before it begins, so that a request that kills the server is not retried forever, and reads
// the request.
Status LocalQueue::begin_attempt(const RenderStatus& status, std::string& request) {
  auto writing = folder_.write();
  if (!writing) return writing.error();
  if (auto written = write_status(writing->database(), status); !written) return written;
  auto row = writing->database().prepare("SELECT request FROM renders WHERE id = ?1");
  if (!row) return row.error();
  const auto found = row->bind(status.id).step();
  if (!found) return found.error();
  if (!*found) return unknown_render();
  request = row->text(0);
  row->reset();
  return writing->commit();
}

Result<std::optional<RenderJob>> LocalQueue::take(std::chrono::milliseconds wait, const std::string& device) {
  const auto until = Clock::now() + wait;
  RenderStatus status;
  {
    std::unique_lock lock(mutex_);
    Entry* next = next_queued();
    for (; next == nullptr; next = next_queued()) {
      if (changed_.wait_until(lock, until) == std::cv_status::timeout) return std::optional<RenderJob>();
    }
    next->status.state = RenderState::running;
    next->status.progress = 0;
    next->status.device = device;
    next->status.started = unix_now();
    ++next->status.attempts;
    publish_change(*next);
    status = next->status;
  }
  RenderJob job{status.id, {}, status.attempts, 0};
  if (job.attempt > limits::kMaxRenderAttempts) {
    auto failed = fail(job, "gave_up",
                       "the server stopped " + std::to_string(limits::kMaxRenderAttempts) +
                           " times while it made this dance; it was given up");
    if (!failed) return failed.error();
    return std::optional<RenderJob>();
  }
  const Status begun = begin_attempt(status, job.request);
  write_failed_ = !begun;
  if (!begun) {
    const std::lock_guard lock(mutex_);
    if (const auto entry = find(job.id); entry && (*entry)->status.state == RenderState::running) {
      (*entry)->status.state = RenderState::queued;
      --(*entry)->status.attempts;
      publish_change(**entry);
    }
    return begun.error();
  }
  return std::optional<RenderJob>(std::move(job));
}

bool LocalQueue::progress(const RenderJob& job, double progress) {
  const std::lock_guard lock(mutex_);
  const auto entry = find(job.id);
  if (!entry || (*entry)->cancel || (*entry)->status.state != RenderState::running) return false;
  if (progress > (*entry)->status.progress) {
    (*entry)->status.progress = std::min(progress, 1.0);
    publish_change(**entry);
  }
  return true;
}

Status LocalQueue::finish(const RenderJob& job, std::span<const std::uint8_t> dance) {
  return transition(job.id, [&](Entry& entry) {
    entry.status.state = RenderState::done;
    entry.status.progress = 1;
    entry.status.finished = unix_now();
    return folder_.keep_blob(dance, [&](Database& database, const std::string& sha256) -> Status {
      if (auto status = write_status(database, entry.status); !status) return status;
      auto update = database.prepare("UPDATE renders SET result_sha256 = ?1 WHERE id = ?2");
      if (!update) return update.error();
      return update->bind(sha256).bind(job.id).run();
    });
  });
}

Status LocalQueue::fail(const RenderJob& job, const std::string& code, const std::string& message) {
  return transition(job.id, [&](Entry& entry) {
    entry.status.state = RenderState::failed;
    entry.status.error_code = code;
    entry.status.error = message;
    entry.status.finished = unix_now();
    return store_status(entry);
  });
}

Status LocalQueue::give_back(const RenderJob& job) {
  return transition(job.id, [this](Entry& entry) {
    entry.status.state = RenderState::queued;
    entry.status.progress = 0;
    entry.status.device.clear();
    entry.status.started = 0;
    entry.status.attempts = std::max(0, entry.status.attempts - 1);  // the render is not to blame
    return store_status(entry);
  });
}

Status LocalQueue::forget_old() {
  std::vector<std::string> old;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_) {
      if (is_over(entry.status.state) && Clock::now() - entry.over_at > options_.kept) old.push_back(id);
    }
  }
  if (old.empty()) return ok_status();
  auto writing = folder_.write();
  if (!writing) return writing.error();
  auto row = writing->database().prepare("DELETE FROM renders WHERE id = ?1");
  if (!row) return row.error();
  for (const std::string& id : old) {
    if (auto status = row->bind(id).run(); !status) return status;
  }
  if (auto status = writing->commit(); !status) return status;
  const std::lock_guard lock(mutex_);
  for (const std::string& id : old) entries_.erase(id);
  return ok_status();
}

}  // namespace terpsi::native
