#include "native/cluster/cluster_store.h"

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "native/io/id.h"

namespace terpsi::native {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxRecords = 20000;  // remembered
constexpr milliseconds kFresh{500};         // a cached record younger than this is used as it is
constexpr milliseconds kUsable{900};        // one younger than this is used while one thread reads it again
constexpr int kPutTries = 5;

std::string dance_record_to_json(const DanceRecord& record) {
  const Json json = {
      {"id", record.id},           {"sha256", record.sha256},  {"token_sha256", record.token_sha256},
      {"title", record.title},     {"bytes", record.bytes},    {"frames", record.frames},
      {"created", record.created}, {"expires", record.expires}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<DanceRecord> dance_record_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  DanceRecord record;
  record.id = text_of(json, "id");
  record.sha256 = text_of(json, "sha256");
  record.token_sha256 = text_of(json, "token_sha256");
  record.title = text_of(json, "title");
  record.bytes = whole_of(json, "bytes");
  record.frames = whole_of(json, "frames");
  record.created = whole_of(json, "created");
  record.expires = whole_of(json, "expires");
  if (!is_id(record.id) || !is_sha256_hex(record.sha256)) return std::nullopt;
  return record;
}

// Updates `seen` to the revisions in `now`, and returns those that have been in it for `patience`.
std::vector<std::uint64_t> ripe(std::map<std::uint64_t, Clock::time_point>& seen,
                                const std::set<std::uint64_t>& now, std::chrono::seconds patience) {
  std::erase_if(seen, [&](const auto& entry) { return now.count(entry.first) == 0; });
  std::vector<std::uint64_t> revisions;
  const auto time = Clock::now();
  for (const std::uint64_t revision : now) {
    const auto since = seen.emplace(revision, time).first->second;
    if (time - since >= patience) revisions.push_back(revision);
  }
  return revisions;
}

}  // namespace

ClusterStore::ClusterStore(std::shared_ptr<Cluster> cluster, Bucket dances, Bucket blobs)
    : cluster_(std::move(cluster)),
      dances_(std::move(dances)),
      blobs_(std::move(blobs)),
      thread_([this] { run(); }) {}

ClusterStore::~ClusterStore() {
  {
    const std::lock_guard lock(stop_mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
}

Result<std::unique_ptr<ClusterStore>> ClusterStore::open(const ClusterOptions& options) {
  auto cluster = Cluster::connect(options);
  if (!cluster) return cluster.error();
  auto blobs_made =
      std::async(std::launch::async, [&] { return Bucket::open(*cluster, "blobs", {.quick = true}); });
  auto dances = Bucket::open(*cluster, "dances", {.quick = true});
  auto blobs = blobs_made.get();
  if (!dances) return dances.error();
  if (!blobs) return blobs.error();
  return std::unique_ptr<ClusterStore>(new ClusterStore(*cluster, std::move(*dances), std::move(*blobs)));
}

Result<std::unique_ptr<DanceStore>> open_cluster_store(const ClusterOptions& options) {
  auto store = ClusterStore::open(options);
  if (!store) return store.error();
  return std::unique_ptr<DanceStore>(std::move(*store));
}

Status ClusterStore::put(DanceRecord record, std::span<const std::uint8_t> file) {
  if (!is_id(record.id)) return Error{ErrorCode::invalid_argument, "a dance is stored under an id"};
  if (auto fits = cluster_->check_size("the dance", file.size()); !fits) return fits;
  record.sha256 = sha256_hex(file);
  record.bytes = static_cast<std::int64_t>(file.size());
  for (int i = 0; i < kPutTries; ++i) {
    const auto there = dances_.get(record.id);
    if (!there) return there.error();
    if (const auto other = *there ? dance_record_from_json((*there)->value) : std::nullopt) {
      if (other->sha256 == record.sha256) return ok_status();
      return Error{ErrorCode::invalid_argument, "another dance is stored under this id"};
    }
    // Also when it exists: an old unused file may be about to be removed, one just written is not.
    const auto kept = blobs_.put(record.sha256, {reinterpret_cast<const char*>(file.data()), file.size()});
    if (!kept) return kept.error();
    const auto written =
        dances_.write(record.id, dance_record_to_json(record), *there ? (*there)->revision : 0);
    if (!written) return written.error();
    if (*written) {
      const std::lock_guard lock(mutex_);
      remember(record.sha256, std::make_shared<const std::vector<std::uint8_t>>(file.begin(), file.end()));
      return ok_status();
    }
  }
  return Error{ErrorCode::busy, "another dance is being stored under this id; try again"};
}

Result<DanceRecord> ClusterStore::record_of(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = records_.find(id); found != records_.end()) {
      KnownRecord& known = found->second;
      const auto age = Clock::now() - known.read;
      if (age < kFresh || (age < kUsable && known.reading)) return known.record;
      known.reading = true;
    }
  }
  const auto read = Clock::now();
  const auto entry = dances_.get_near(id);
  const auto record = entry && *entry ? dance_record_from_json((*entry)->value) : std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!record) {
    records_.erase(id);
    return entry ? unknown_dance() : entry.error();
  }
  if (records_.size() >= kMaxRecords) records_.clear();
  records_[id] = {*record, (*entry)->revision, read, false};
  return *record;
}

Result<ClusterStore::File> ClusterStore::file_of(const DanceRecord& record) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = files_.find(record.sha256); found != files_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second.place);
      return found->second.file;
    }
  }
  for (const bool near : {true, false}) {
    const auto entry = near ? blobs_.get_near(record.sha256) : blobs_.get(record.sha256);
    if (!entry) return entry.error();
    if (!*entry) break;
    const std::string& value = (*entry)->value;
    if (sha256_hex(bytes_of(value)) != record.sha256) continue;
    auto file = std::make_shared<const std::vector<std::uint8_t>>(value.begin(), value.end());
    const std::lock_guard lock(mutex_);
    remember(record.sha256, file);
    return file;
  }
  return Error{ErrorCode::bad_format, "the file of this dance is damaged in the cluster"};
}

void ClusterStore::remember(const std::string& sha256, const File& file) {
  const std::size_t most = cluster_->options().cache_bytes;
  if (file->size() > most || files_.count(sha256) != 0) return;
  recent_.push_front(sha256);
  files_[sha256] = {file, recent_.begin()};
  remembered_bytes_ += file->size();
  while (remembered_bytes_ > most) {
    const auto oldest = files_.find(recent_.back());
    remembered_bytes_ -= oldest->second.file->size();
    files_.erase(oldest);
    recent_.pop_back();
  }
}

Result<StoredDance> ClusterStore::get(const std::string& id, std::int64_t now) {
  if (!is_id(id)) return unknown_dance();
  auto record = record_of(id);
  if (!record) return record.error();
  if (is_expired(*record, now)) return unknown_dance();
  auto file = file_of(*record);
  if (!file) return file.error();
  return StoredDance{std::move(*record), std::move(*file)};
}

Status ClusterStore::remove(const std::string& id, const std::string& token_sha256) {
  if (!is_id(id)) return unknown_dance();
  const auto entry = dances_.get(id);
  if (!entry) return entry.error();
  const auto record = *entry ? dance_record_from_json((*entry)->value) : std::nullopt;
  if (!record || is_expired(*record, unix_now())) return unknown_dance();
  if (!same_secret(record->token_sha256, token_sha256)) {
    return Error{ErrorCode::denied, "this is not the dance's delete token"};
  }
  auto erased = dances_.erase((*entry)->revision);
  forget(id);
  return erased;
}

void ClusterStore::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  records_.erase(id);
}

bool ClusterStore::healthy() {
  const std::lock_guard lock(health_mutex_);
  if (Clock::now() - health_asked_ >= std::chrono::seconds(1)) {
    health_ = dances_.answers(milliseconds(1000));
    health_asked_ = Clock::now();
  }
  return health_;
}

Result<ClusterStore::Cleaned> ClusterStore::clean(std::int64_t now) {
  const std::lock_guard lock(cleaning_mutex_);
  const auto patience = cluster_->options().cleaning_patience;
  // Files first: a file that is put after this has its record put after this as well.
  const auto files = blobs_.list(false);
  if (!files) return files.error();
  const auto dances = dances_.list(true);
  if (!dances) return dances.error();

  Cleaned cleaned;
  std::set<std::uint64_t> expired;
  std::set<std::string> used;
  for (const Entry& entry : *dances) {
    const auto record = dance_record_from_json(entry.value);
    if (!record) continue;
    used.insert(record->sha256);
    if (is_expired(*record, now)) expired.insert(entry.revision);
  }
  for (const std::uint64_t revision : ripe(expired_, expired, patience)) {
    if (auto erased = dances_.erase(revision); !erased) return erased.error();
    ++cleaned.dances;
  }
  std::set<std::uint64_t> unreferenced;
  for (const Entry& entry : *files) {
    if (used.count(entry.key) == 0) unreferenced.insert(entry.revision);
  }
  for (const std::uint64_t revision : ripe(unreferenced_, unreferenced, patience)) {
    if (auto erased = blobs_.erase(revision); !erased) return erased.error();
    ++cleaned.files;
  }
  return cleaned;
}

void ClusterStore::run() {
  std::unique_lock lock(stop_mutex_);
  while (!stopping_.wait_for(lock, cluster_->options().cleaning_interval, [&] { return stop_; })) {
    lock.unlock();
    (void)clean(unix_now());  // when it fails, the next sweep retries
    lock.lock();
  }
}

}  // namespace terpsi::native
