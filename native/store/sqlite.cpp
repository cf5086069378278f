#include "native/store/sqlite.h"

#include <sqlite3.h>

namespace terpsi::native {
namespace {

Error error_of(sqlite3* handle, int code) {
  const int kind = code & 0xff;
  if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) {
    return {ErrorCode::busy, "the database is locked by another process; try again"};
  }
  if (kind == SQLITE_FULL) {
    return {ErrorCode::io, "the disk is full: nothing was stored; make room in the data folder"};
  }
  return {ErrorCode::io, std::string("the database cannot be used: ") +
                             (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code))};
}

constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
    "PRAGMA trusted_schema = OFF;";

}  // namespace

void SqliteDeleter::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}
void SqliteDeleter::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  sqlite3_bind_text64(statement_.get(), ++bound_, value.data() != nullptr ? value.data() : "", value.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  reset();
  if (code == SQLITE_DONE) return false;
  return error_of(sqlite3_db_handle(statement_.get()), code);
}

Status Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return ok_status();
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bound_ = 0;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text == nullptr
             ? std::string()
             : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

Result<Database> Database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) {
    return Error{ErrorCode::io, "cannot open \"" + path + "\": " + error_of(handle, code).message};
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  if (auto status = database.execute(kSettings); !status) {
    return Error{status.error().code, "cannot use \"" + path + "\": " + status.error().message};
  }
  return database;
}

Status Database::migrate(std::span<const char* const> migrations) {
  auto transaction = Transaction::begin(*this);
  if (!transaction) return transaction.error();
  std::int64_t version = 0;
  {
    auto statement = prepare("PRAGMA user_version");
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    version = statement->integer(0);
  }
  if (version > static_cast<std::int64_t>(migrations.size())) {
    return Error{ErrorCode::unsupported, "the data folder was written by a newer version of terpsi (schema " +
                                             std::to_string(version) + ", this one knows " +
                                             std::to_string(migrations.size()) +
                                             "); use that version, or another data folder"};
  }
  for (auto i = static_cast<std::size_t>(version); i < migrations.size(); ++i) {
    if (auto status = execute(migrations[i]); !status) return status;
    const std::string done = "PRAGMA user_version = " + std::to_string(i + 1);
    if (auto status = execute(done.c_str()); !status) return status;
  }
  return transaction->commit();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error_of(handle_.get(), code);
  return Statement(statement);
}

Status Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(handle_.get(), code);
  return ok_status();
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_.get());
}

Status Database::copy_to(const std::string& path) {
  sqlite3* target = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  const Database owner(target);
  if (code != SQLITE_OK) return error_of(target, code);
  sqlite3_backup* backup = sqlite3_backup_init(target, "main", handle_.get(), "main");
  if (backup == nullptr) return error_of(target, sqlite3_errcode(target));
  code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return error_of(nullptr, code);
  return ok_status();
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto status = database.execute("BEGIN IMMEDIATE"); !status) return status.error();
  return Transaction(database);
}

Status Transaction::commit() {
  auto status = database_->execute("COMMIT");
  if (status) database_ = nullptr;
  return status;
}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

}  // namespace terpsi::native
