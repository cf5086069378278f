#include "native/store/schema.h"

#include <doctest/doctest.h>

#include <array>

#include "native/store/sqlite.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::Database;

namespace {

Database open(const std::string& path) {
  auto database = Database::open(path);
  REQUIRE(database.ok());
  return std::move(*database);
}

std::int64_t number(Database& database, const char* sql) {
  auto statement = database.prepare(sql);
  REQUIRE(statement.ok());
  const auto row = statement->step();
  REQUIRE((row.ok() && *row));
  return statement->integer(0);
}

}  // namespace

TEST_CASE("a file that is not a database is an error") {
  const test::TempFolder folder;
  const auto database = Database::open(folder.write("index.sqlite", std::string(5000, 'x')));
  REQUIRE_FALSE(database.ok());
  CHECK(database.error().code == ErrorCode::io);
}

TEST_CASE("an empty database gets every table, once") {
  const test::TempFolder folder;
  for (int i = 0; i < 2; ++i) {
    auto database = open(folder / "db");
    REQUIRE(database.migrate(native::schema()).ok());
    CHECK(number(database, "PRAGMA user_version") == static_cast<std::int64_t>(native::schema().size()));
    CHECK(number(database, "SELECT count(*) FROM dances") == 0);
    CHECK(number(database, "SELECT count(*) FROM renders") == 0);
    CHECK(number(database, "PRAGMA synchronous") == 2);  // FULL
  }
}

TEST_CASE("an older database is brought up to date and keeps its rows") {
  const test::TempFolder folder;
  const std::array<const char*, 1> first = {native::schema()[0]};
  {
    auto database = open(folder / "db");
    REQUIRE(database.migrate(first).ok());
    REQUIRE(
        database
            .execute("INSERT INTO dances (id, sha256, token_sha256, title, bytes, frames, created, expires) "
                     "VALUES ('a', 'b', 'c', 'old', 1, 2, 3, 4)")
            .ok());
  }
  const std::array<const char*, 2> second = {
      first[0],
      "ALTER TABLE dances ADD COLUMN views INTEGER NOT NULL DEFAULT 7; CREATE TABLE more (x INTEGER);"};
  {
    auto database = open(folder / "db");
    REQUIRE(database.migrate(second).ok());
    CHECK(number(database, "SELECT views FROM dances WHERE title = 'old' AND expired_seen = 0") == 7);
    CHECK(number(database, "SELECT count(*) FROM more") == 0);
  }
  auto database = open(folder / "db");
  const auto refused = database.migrate(first);  // this program is older than the data
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::unsupported);
  CHECK(number(database, "SELECT count(*) FROM dances") == 1);
}

TEST_CASE("a migration that fails changes nothing") {
  const test::TempFolder folder;
  auto database = open(folder / "db");
  const std::array<const char*, 2> broken = {native::schema()[0],
                                             "CREATE TABLE good (x INTEGER); CREATE NONSENSE;"};
  CHECK_FALSE(database.migrate(broken).ok());
  CHECK(number(database, "PRAGMA user_version") == 0);
  CHECK(number(database, "SELECT count(*) FROM sqlite_schema") == 0);
  CHECK(database.migrate(native::schema()).ok());
}
