#include "native/store/dance_index.h"

namespace terpsi::native {

DanceRecord record_at(const Statement& statement) {
  DanceRecord record;
  record.id = statement.text(0);
  record.sha256 = statement.text(1);
  record.token_sha256 = statement.text(2);
  record.title = statement.text(3);
  record.bytes = statement.integer(4);
  record.frames = statement.integer(5);
  record.created = statement.integer(6);
  record.expires = statement.integer(7);
  return record;
}

Result<std::optional<DanceRecord>> find_dance(Database& database, const std::string& id) {
  auto statement = database.prepare("SELECT " + std::string(kDanceColumns) + " FROM dances WHERE id = ?1");
  if (!statement) return statement.error();
  const auto row = statement->bind(std::string_view(id)).step();
  if (!row) return row.error();
  if (!*row) return std::optional<DanceRecord>();
  return std::optional(record_at(*statement));
}

Result<std::vector<DanceRecord>> list_dances(Database& database) {
  auto statement =
      database.prepare("SELECT " + std::string(kDanceColumns) + " FROM dances ORDER BY created, id");
  if (!statement) return statement.error();
  std::vector<DanceRecord> records;
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return records;
    records.push_back(record_at(*statement));
  }
}

Status insert_dance(Database& database, const DanceRecord& record) {
  auto statement = database.prepare("INSERT INTO dances (" + std::string(kDanceColumns) +
                                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!statement) return statement.error();
  return statement->bind(std::string_view(record.id))
      .bind(std::string_view(record.sha256))
      .bind(std::string_view(record.token_sha256))
      .bind(std::string_view(record.title))
      .bind(record.bytes)
      .bind(record.frames)
      .bind(record.created)
      .bind(record.expires)
      .run();
}

Result<bool> erase_dance(Database& database, const std::string& id) {
  auto statement = database.prepare("DELETE FROM dances WHERE id = ?1");
  if (!statement) return statement.error();
  if (auto status = statement->bind(std::string_view(id)).run(); !status) return status.error();
  return database.changes() > 0;
}

Result<bool> set_expiry(Database& database, const std::string& id, std::int64_t expires) {
  auto statement = database.prepare("UPDATE dances SET expires = ?2, expired_seen = 0 WHERE id = ?1");
  if (!statement) return statement.error();
  if (auto status = statement->bind(std::string_view(id)).bind(expires).run(); !status) return status.error();
  return database.changes() > 0;
}

Result<bool> is_referred_to(Database& database, const std::string& sha256) {
  auto statement = database.prepare(
      "SELECT EXISTS (SELECT 1 FROM dances WHERE sha256 = ?1) OR "
      "EXISTS (SELECT 1 FROM renders WHERE result_sha256 = ?1 AND result_sha256 <> '')");
  if (!statement) return statement.error();
  const auto row = statement->bind(std::string_view(sha256)).step();
  if (!row) return row.error();
  return statement->integer(0) != 0;
}

Result<std::vector<std::string>> list_references(Database& database) {
  auto statement = database.prepare(
      "SELECT sha256 FROM dances UNION SELECT result_sha256 FROM renders WHERE result_sha256 <> '' ORDER BY "
      "1");
  if (!statement) return statement.error();
  std::vector<std::string> digests;
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return digests;
    digests.push_back(statement->text(0));
  }
}

}  // namespace terpsi::native
