// terpsi admin, beside an open data folder.

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "native/cli/exit_code.h"
#include "native/cli/run.h"
#include "native/store/local_store.h"
#include "native/store/some_dance.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::LocalStore;
using test::run_terpsi;
using test::some_dance;
using test::some_record;

namespace {

std::unique_ptr<LocalStore> store_in(const std::string& path) {
  auto store = LocalStore::open(path);
  REQUIRE(store.ok());
  return std::move(*store);
}

test::Ran admin(const std::string& folder, const std::string& arguments) {
  return run_terpsi("admin --data '" + folder + "' " + arguments);
}

bool says(const test::Ran& ran, const std::string& text) {
  return ran.output.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("admin: wrong usage and folders that are none are refused") {
  const test::TempFolder folder;
  CHECK(admin(folder.path(), "").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "prance").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "show").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "delete").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "backup").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "expire x").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "expire x --days 0").exit_code == native::kExitUsage);
  CHECK(admin(folder.path(), "expire x --days 3 --now").exit_code == native::kExitUsage);
  for (const char* command :
       {"list", "verify", "gc", "show x", "delete x", "expire x --now", "backup /tmp/x"}) {
    CAPTURE(command);
    const auto ran = admin(folder / "none", command);
    CHECK(ran.exit_code == native::kExitInput);
    CHECK(says(ran, "there is no data folder"));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "none"));
}

TEST_CASE("admin: lists, shows, expires and deletes while a server runs") {
  const test::TempFolder folder;
  auto store = store_in(folder.path());
  auto first = some_record(1);
  const auto second = some_record(2);
  first.title = "L'\xc3\xa9t\xc3\xa9 \"<b>\"";
  REQUIRE(store->put(first, some_dance(1)).ok());
  REQUIRE(store->put(second, some_dance(2)).ok());

  auto ran = admin(folder.path(), "list");
  CHECK(ran.exit_code == native::kExitOk);
  CHECK(says(ran, first.id));
  CHECK(says(ran, first.title));
  CHECK(says(ran, "2 dances"));
  ran = run_terpsi("admin list --json --data '" + folder.path() + "' 2>/dev/null");
  const auto json = nlohmann::json::parse(ran.output, nullptr, false);
  REQUIRE(json.is_array());
  REQUIRE(json.size() == 2);
  for (const auto& dance : json) {
    if (dance["id"] == first.id) CHECK(dance["title"] == first.title);
    CHECK(dance["expires"].is_null());
  }

  ran = admin(folder.path(), "show -- '" + first.id + "'");
  CHECK(ran.exit_code == native::kExitOk);
  CHECK(says(ran, sha256_hex(some_dance(1))));
  CHECK(says(ran, "seconds  1.3"));
  CHECK(admin(folder.path(), "show AAAAAAAAAAAAAAAAAAAAAA").exit_code == native::kExitInput);

  CHECK(admin(folder.path(), "expire --days 30 -- '" + first.id + "'").exit_code == native::kExitOk);
  CHECK(store_in(folder.path() + "-2")->healthy());  // another folder has its own lock
  std::filesystem::remove_all(folder.path() + "-2");
  CHECK(admin(folder.path(), "expire --now -- '" + second.id + "'").exit_code == native::kExitOk);
  CHECK(says(admin(folder.path(), "list"), "expired"));

  // All or none.
  CHECK(admin(folder.path(), "delete -- '" + first.id + "' AAAAAAAAAAAAAAAAAAAAAA").exit_code ==
        native::kExitInput);
  CHECK(store->get(first.id, native::unix_now()).ok());
  CHECK(admin(folder.path(), "delete -- '" + first.id + "' '" + second.id + "'").exit_code ==
        native::kExitOk);
  CHECK(says(admin(folder.path(), "list"), "0 dances"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(store->get(first.id, native::unix_now()).error().code == ErrorCode::not_found);
  CHECK(admin(folder.path(), "gc").exit_code == native::kExitOk);
}

TEST_CASE("admin: verify and backup, whole and damaged") {
  const test::TempFolder folder, other;
  auto store = store_in(folder.path());
  const auto record = some_record(1);
  REQUIRE(store->put(record, some_dance(1)).ok());
  auto ran = admin(folder.path(), "verify");
  CHECK(ran.exit_code == native::kExitOk);
  CHECK(says(ran, "intact"));
  ran = admin(folder.path(), "backup '" + (other / "copy") + "'");
  CHECK(ran.exit_code == native::kExitOk);
  CHECK(admin(folder.path(), "backup '" + (other / "copy") + "'").exit_code == native::kExitUsage);
  CHECK(admin(other / "copy", "verify").exit_code == native::kExitOk);

  const std::string sha256 = sha256_hex(some_dance(1));
  folder.write("blobs/" + sha256.substr(0, 2) + "/" + sha256, "flipped");
  ran = admin(folder.path(), "verify");
  CHECK(ran.exit_code == native::kExitDamaged);
  CHECK(says(ran, record.id));
  CHECK(admin(folder.path(), "show -- '" + record.id + "'").exit_code == native::kExitDamaged);
  CHECK(admin(folder.path(), "backup '" + (other / "second") + "'").exit_code == native::kExitDamaged);
}
