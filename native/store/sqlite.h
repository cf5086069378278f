#pragma once
// SQLite with Results instead of error codes. The only part of the program that knows SQLite.
//
//   auto db = Database::open(path);
//   auto insert = db->prepare("INSERT INTO t VALUES (?1, ?2)");
//   auto status = insert->bind(id).bind(count).run();
//   auto rows = db->prepare("SELECT id FROM t WHERE n > ?1");
//   for (auto row = rows->bind(3).step(); row && *row; row = rows->step()) use(rows->text(0));

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace terpsi::native {

struct SqliteDeleter {
  void operator()(sqlite3* handle) const;
  void operator()(sqlite3_stmt* statement) const;
};

// Not thread-safe: the owner of the database locks.
class Statement {
 public:
  // Binds the next parameter, from ?1 on. Text is copied.
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view value);

  // True: there is a row. After the last row and after an error the statement can be bound again. Errors: io
  // (disk full or damaged), busy (locked by another process).
  Result<bool> step();
  Status run();  // steps to the end
  void reset();  // allows new bindings before the last row was reached

  // Of the current row; columns from 0.
  std::int64_t integer(int column) const;
  std::string text(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, SqliteDeleter> statement_;
  int bound_ = 0;
};

class Database {
 public:
  // Opens or creates it with a write-ahead log, synchronous = FULL, foreign keys and 5 s of waiting for locks.
  // Errors: io.
  static Result<Database> open(const std::string& path);

  // Applies the migrations that user_version does not count yet, in one transaction. Errors: unsupported (the
  // database is of a newer version), io, busy.
  Status migrate(std::span<const char* const> migrations);

  Result<Statement> prepare(std::string_view sql);
  Status execute(const char* sql);  // without results, may be several statements
  std::int64_t changes() const;     // rows changed by the last statement

  // Writes a snapshot of the database while it is in use. Errors: io, busy.
  Status copy_to(const std::string& path);

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, SqliteDeleter> handle_;
};

// Takes the write lock at once (BEGIN IMMEDIATE); rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Status commit();
  Transaction(Transaction&& other) noexcept : database_(other.database_) { other.database_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace terpsi::native
