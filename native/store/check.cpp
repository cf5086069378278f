#include "native/store/check.h"

#include <map>
#include <nlohmann/json.hpp>

#include "format/dance_file.h"
#include "native/store/dance_index.h"

namespace terpsi::native {
namespace {

// A snapshot of the index.
struct Index {
  std::vector<DanceRecord> dances;
  std::map<std::string, std::string> results;  // digest by id of the render
  std::vector<std::string> damages;            // of the database itself
};

Result<Index> read_index(DataFolder& folder) {
  auto reading = folder.read();
  if (!reading) return reading.error();
  Database& database = reading->database;
  Index index;
  if (auto status = database.execute("BEGIN"); !status) return status.error();
  const auto read = [&]() -> Status {
    auto integrity = database.prepare("PRAGMA integrity_check");
    if (!integrity) return integrity.error();
    for (auto row = integrity->step();; row = integrity->step()) {
      if (!row) return row.error();
      if (!*row) break;
      if (const auto said = integrity->text(0); said != "ok") index.damages.push_back("the index: " + said);
    }
    auto dances = list_dances(database);
    if (!dances) return dances.error();
    index.dances = std::move(*dances);
    auto renders = database.prepare("SELECT id, result_sha256, status FROM renders");
    if (!renders) return renders.error();
    for (auto row = renders->step();; row = renders->step()) {
      if (!row) return row.error();
      if (!*row) break;
      const std::string id = renders->text(0), sha256 = renders->text(1);
      const auto state = nlohmann::json::parse(renders->text(2), nullptr, false);
      if (!state.is_object() || state.value("id", nlohmann::json()) != id)
        index.damages.push_back("render " + id + ": its status cannot be read");
      if (!sha256.empty()) index.results[id] = sha256;
    }
    return ok_status();
  };
  const auto status = read();
  (void)database.execute("ROLLBACK");
  if (!status) return status.error();
  return index;
}

// One blob with what the index says about it.
struct Checked {
  bool whole = false;   // it exists and its bytes match its name
  std::string problem;  // why not, or why it is not a dance
  std::int64_t bytes = 0, frames = 0;
};

Checked check_blob(const DataFolder& folder, const std::string& sha256, bool dance) {
  Checked checked;
  const auto bytes = folder.blobs().get(sha256);
  if (!bytes) {
    checked.problem = bytes.error().message;
    return checked;
  }
  checked.whole = true;
  checked.bytes = static_cast<std::int64_t>(bytes->size());
  if (!dance) return checked;
  const auto decoded = format::read_dance(*bytes);
  if (decoded)
    checked.frames = static_cast<std::int64_t>(decoded->clip.size());
  else
    checked.problem = "its file is not a dance: " + decoded.error().message;
  return checked;
}

}  // namespace

Result<CheckReport> check_folder(DataFolder& folder) {
  const auto held = folder.hold_blobs();  // until then, no blob that the index names is removed
  if (!held) return held.error();
  auto index = read_index(folder);
  if (!index) return index.error();
  CheckReport report;
  report.damages = std::move(index->damages);
  report.dances = static_cast<std::int64_t>(index->dances.size());
  report.results = static_cast<std::int64_t>(index->results.size());

  std::map<std::string, Checked> known;  // each blob is read once
  const auto look = [&](const std::string& sha256) -> const Checked& {
    const auto it = known.find(sha256);
    return it != known.end() ? it->second : known[sha256] = check_blob(folder, sha256, true);
  };
  for (const DanceRecord& record : index->dances) {
    const Checked& blob = look(record.sha256);
    const std::string name = "dance " + record.id + ": ";
    if (!blob.problem.empty())
      report.damages.push_back(name + blob.problem);
    else if (blob.bytes != record.bytes || blob.frames != record.frames)
      report.damages.push_back(name + "the index says " + std::to_string(record.bytes) + " bytes and " +
                               std::to_string(record.frames) + " frames, the file has " +
                               std::to_string(blob.bytes) + " and " + std::to_string(blob.frames));
  }
  for (const auto& [id, sha256] : index->results) {
    const Checked& blob = look(sha256);
    if (!blob.problem.empty()) report.damages.push_back("result of render " + id + ": " + blob.problem);
  }

  const auto list = folder.blobs().list();
  if (!list) return list.error();
  report.blobs = static_cast<std::int64_t>(list->blobs.size());
  for (const BlobInfo& blob : list->blobs) {
    report.bytes += blob.bytes;
    if (known.contains(blob.sha256)) continue;
    const Checked checked = check_blob(folder, blob.sha256, false);
    if (checked.whole)
      report.notes.push_back("nothing refers to the file " + blob.sha256 +
                             "; it is removed when it is an hour old");
    else
      report.damages.push_back(checked.problem);
  }
  for (const std::string& stray : list->strays)
    report.notes.push_back(stray + " does not belong to the data folder");
  return report;
}

}  // namespace terpsi::native
