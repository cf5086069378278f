#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "format/dance_file.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/io/id.h"
#include "native/store/backup.h"
#include "native/store/check.h"
#include "native/store/cleanup.h"
#include "native/store/dance_index.h"
#include "native/store/data_folder.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kDay = 86400;

std::string time_text(std::int64_t seconds) {
  return seconds == 0 ? "never" : utc_text(seconds);
}

// Titles are checked when they are stored; one that was changed since must not reach the terminal.
std::string shown(const std::string& title) {
  return is_plain_utf8(title) ? title : "(not printable)";
}

Json json_of(const DanceRecord& record) {
  Json json;
  json["id"] = record.id;
  json["title"] = shown(record.title);
  json["bytes"] = record.bytes;
  json["frames"] = record.frames;
  json["created"] = utc_text(record.created);
  json["expires"] = record.expires == 0 ? Json() : Json(utc_text(record.expires));
  json["expired"] = is_expired(record, unix_now());
  json["sha256"] = record.sha256;
  return json;
}

Error unknown_id(const std::string& id) {
  return {ErrorCode::not_found,
          "there is no dance \"" + (is_plain_utf8(id) ? id : "?") + "\"; see terpsi admin list"};
}

int list(DataFolder& folder, bool json) {
  auto reading = folder.read();
  if (!reading) return fail(reading.error(), kExitIo);
  const auto records = list_dances(reading->database);
  if (!records) return fail(records.error(), kExitIo);
  if (json) {
    Json all = Json::array();
    for (const auto& record : *records) all.push_back(json_of(record));
    std::printf("%s\n", all.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return kExitOk;
  }
  const std::int64_t now = unix_now();
  for (const auto& record : *records) {
    std::printf("%s  %s  %-20s  %8lld  %s\n", record.id.c_str(), utc_text(record.created).c_str(),
                is_expired(record, now) ? "expired" : time_text(record.expires).c_str(),
                static_cast<long long>(record.bytes), shown(record.title).c_str());
  }
  std::fprintf(stderr, "%zu dances\n", records->size());
  return kExitOk;
}

int show(DataFolder& folder, const std::string& id) {
  std::optional<DanceRecord> record;
  {
    auto reading = folder.read();
    if (!reading) return fail(reading.error(), kExitIo);
    auto found = find_dance(reading->database, id);
    if (!found) return fail(found.error(), kExitIo);
    record = std::move(*found);
  }
  if (!record) return fail(unknown_id(id), kExitInput);
  std::printf("id       %s\ntitle    %s\ncreated  %s\nexpires  %s%s\nsha256   %s\nbytes    %lld\n",
              record->id.c_str(), shown(record->title).c_str(), utc_text(record->created).c_str(),
              time_text(record->expires).c_str(), is_expired(*record, unix_now()) ? " (expired)" : "",
              record->sha256.c_str(), static_cast<long long>(record->bytes));
  const auto bytes = folder.blobs().get(record->sha256);
  if (!bytes) {
    std::fprintf(stderr, "terpsi: %s\n", bytes.error().message.c_str());
    return kExitDamaged;
  }
  const auto dance = format::read_dance(*bytes);
  if (!dance) {
    std::fprintf(stderr, "terpsi: %s\n", dance.error().message.c_str());
    return kExitDamaged;
  }
  std::printf("seconds  %.1f\nstyle    %s\nmodel    %s\n", dance->clip.seconds(), shown(dance->style).c_str(),
              shown(dance->model_name).c_str());
  return kExitOk;
}

// Runs `change` on each dance, all or none; the result is false for one that is not there.
template <class Change>
int change_all(DataFolder& folder, const std::vector<std::string>& ids, const Change& change) {
  auto writing = folder.write();
  if (!writing) return fail(writing.error(), kExitIo);
  for (const auto& id : ids) {
    const auto changed = change(writing->database(), id);
    if (!changed) return fail(changed.error(), kExitIo);
    if (!*changed) return fail(unknown_id(id), kExitInput);
  }
  const auto status = writing->commit();
  return status ? kExitOk : fail(status.error(), kExitIo);
}

int remove(DataFolder& folder, const std::vector<std::string>& ids) {
  const int code = change_all(folder, ids, erase_dance);
  if (code == kExitOk) std::printf("deleted %zu\n", ids.size());
  return code;
}

int expire(DataFolder& folder, const std::string& id, std::int64_t days) {
  const std::int64_t expires = unix_now() + days * kDay;
  const int code = change_all(folder, {id}, [&](Database& database, const std::string& which) {
    return set_expiry(database, which, expires);
  });
  if (code == kExitOk) std::printf("%s expires %s\n", id.c_str(), utc_text(expires).c_str());
  return code;
}

int verify(DataFolder& folder) {
  const auto report = check_folder(folder);
  if (!report) return fail(report.error(), kExitIo);
  for (const auto& note : report->notes) std::printf("note: %s\n", note.c_str());
  for (const auto& damage : report->damages) std::printf("damaged: %s\n", damage.c_str());
  std::printf("%lld dances and %lld results of renders in %lld files, %.1f MB: %s\n",
              static_cast<long long>(report->dances), static_cast<long long>(report->results),
              static_cast<long long>(report->blobs), static_cast<double>(report->bytes) / 1e6,
              report->damages.empty() ? "intact" : "DAMAGED");
  return report->damages.empty() ? kExitOk : kExitDamaged;
}

int backup(DataFolder& folder, const std::string& target) {
  const auto report = back_up(folder, target);
  if (!report) {
    return fail(report.error(), report.error().code == ErrorCode::invalid_argument ? kExitUsage : kExitIo);
  }
  for (const auto& damage : report->damages) std::printf("damaged, not copied: %s\n", damage.c_str());
  std::printf("%lld dances in %lld files, %.1f MB, in %s\n", static_cast<long long>(report->dances),
              static_cast<long long>(report->blobs), static_cast<double>(report->bytes) / 1e6,
              target.c_str());
  return report->damages.empty() ? kExitOk : kExitDamaged;
}

int collect(DataFolder& folder) {
  const auto collected = collect_blobs(folder, unix_now());
  if (!collected) return fail(collected.error(), kExitIo);
  std::printf("removed %lld files, %.1f MB\n", static_cast<long long>(collected->blobs),
              static_cast<double>(collected->bytes) / 1e6);
  return kExitOk;
}

struct AdminOptions {
  std::string data, id, target;
  std::vector<std::string> ids;
  bool json = false, now = false;
  std::int64_t days = 0;
};

// Opens the folder and runs `work` in it.
template <class Work>
int in_folder(const AdminOptions& options, const Work& work) {
  auto folder = DataFolder::open_beside(data_folder(options.data));
  if (!folder) return fail(folder.error(), folder.error().code == ErrorCode::busy ? kExitIo : kExitInput);
  return work(**folder);
}

}  // namespace

void add_admin_command(Command& program) {
  auto options = std::make_shared<AdminOptions>();
  Command admin =
      program.subcommand("admin", "Look after the dances that a server keeps, also while it runs");
  admin.require_subcommand();
  admin.option("--data", options->data,
               "Folder of the server's data (TERPSI_DATA_FOLDER, STATE_DIRECTORY or ~/.local/share/terpsi by "
               "default)");
  admin.allow_parent_options();
  const auto add = [&](const char* name, const char* help, auto work) {
    Command command = admin.subcommand(name, help);
    command.allow_parent_options();
    command.on_run([options, work] {
      return in_folder(*options, [&](DataFolder& folder) { return work(folder, *options); });
    });
    return command;
  };
  const char* id_help = "Id of the dance; after -- when it begins with a dash";

  add("list", "List the dances: id, created, expires, bytes, title",
      [](DataFolder& folder, const AdminOptions& given) { return list(folder, given.json); })
      .flag("--json", options->json, "As JSON");
  add("show", "Show one dance",
      [](DataFolder& folder, const AdminOptions& given) { return show(folder, given.id); })
      .option("id", options->id, id_help)
      .required();
  add("delete", "Delete dances, all of the named ones or none",
      [](DataFolder& folder, const AdminOptions& given) { return remove(folder, given.ids); })
      .option("id", options->ids, "Ids of the dances; after -- when one begins with a dash")
      .required();
  Command expiry =
      add("expire", "Change when a dance expires", [](DataFolder& folder, const AdminOptions& given) {
        return expire(folder, given.id, given.now ? 0 : given.days);
      });
  expiry.option("id", options->id, id_help).required();
  Command when = expiry.exactly_one_of("when");
  when.option("--days", options->days, "Days from now").in_range(1, 36500);
  when.flag("--now", options->now, "At once");
  add("verify", "Compare every file with its checksum and the index; exit code 6 when something is damaged",
      [](DataFolder& folder, const AdminOptions&) { return verify(folder); });
  add("backup", "Copy everything into an empty folder, which may be used as data folder",
      [](DataFolder& folder, const AdminOptions& given) { return backup(folder, given.target); })
      .option("folder", options->target, "Folder to make")
      .required();
  add("gc", "Remove files that nothing refers to and that are an hour old",
      [](DataFolder& folder, const AdminOptions&) { return collect(folder); });
}

}  // namespace terpsi::native
