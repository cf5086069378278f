#include "native/store/data_folder.h"

#include <doctest/doctest.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/hash.h"
#include "native/store/schema.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::DataFolder;

namespace {

namespace fs = std::filesystem;

// A variable of the environment for one scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = ::getenv(name)) before_ = old;
    if (value != nullptr)
      ::setenv(name, value, 1);
    else
      ::unsetenv(name);
  }
  Variable(const Variable&) = delete;
  ~Variable() {
    if (before_)
      ::setenv(name_, before_->c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

// From now on the modes of files mean something to this thread, also where the test runs as root.
bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

constexpr const char* kInsert =
    "INSERT INTO dances (id, sha256, token_sha256, title, bytes, frames, created, expires) "
    "VALUES (?1, ?2, '', '', 0, 0, 0, 0)";

}  // namespace

TEST_CASE("folders that cannot be data folders are refused with a sentence") {
  const test::TempFolder folder;
  const auto file = DataFolder::open(folder.write("file", "x"));
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().code == ErrorCode::io);
  CHECK_FALSE(DataFolder::open(folder / "file/below").ok());
  CHECK_FALSE(DataFolder::open("/proc/terpsi").ok());
  const auto none = DataFolder::open_beside(folder / "none");
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::not_found);
  CHECK_FALSE(fs::exists(folder / "none"));

  fs::create_directory(folder / "linked");
  fs::create_symlink(folder / "file", folder / "linked/index.sqlite");
  CHECK_FALSE(DataFolder::open(folder / "linked").ok());
  fs::create_directory(folder / "garbage");
  folder.write("garbage/index.sqlite", std::string(9000, 'g'));
  CHECK_FALSE(DataFolder::open(folder / "garbage").ok());
}

TEST_CASE("a folder is made with its parents, private, and belongs to one server") {
  const test::TempFolder folder;
  const std::string path = folder / "a/b/data";
  {
    const auto data = DataFolder::open(path);
    REQUIRE(data.ok());
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0700);
    const auto second = DataFolder::open(path);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().code == ErrorCode::busy);
    CHECK(second.error().message.find(path) != std::string::npos);
    CHECK(DataFolder::open_beside(path).ok());
  }
  CHECK(DataFolder::open(path).ok());
}

TEST_CASE("a data folder may be reached through a link") {
  const test::TempFolder folder;
  fs::create_directory(folder / "private");
  fs::create_directory_symlink(folder / "private", folder / "link");
  CHECK(DataFolder::open(folder / "link").ok());
  CHECK(fs::exists(folder / "private/index.sqlite"));
}

TEST_CASE("what a crash left half-written goes at the start, nothing else") {
  const test::TempFolder folder;
  std::string sha256;
  {
    const auto data = DataFolder::open(folder.path());
    REQUIRE(data.ok());
    sha256 = *(*data)->blobs().put(bytes_of("orphan"));
    folder.write("tmp/half", "half");
    REQUIRE(DataFolder::open_beside(folder.path()).ok());
    CHECK(fs::exists(folder / "tmp/half"));  // may be the server's
  }
  const auto data = DataFolder::open(folder.path());
  REQUIRE(data.ok());
  CHECK(fs::is_empty(folder / "tmp"));
  CHECK((*data)->blobs().has(sha256));
}

TEST_CASE("data written by another version is refused") {
  const test::TempFolder folder;
  {
    auto data = DataFolder::open(folder.path());
    REQUIRE(data.ok());
    REQUIRE((*data)->write()->database().execute("SELECT 1").ok());
    auto reading = (*data)->read();
    REQUIRE(reading->database.execute("PRAGMA user_version = 1000").ok());
  }
  const auto data = DataFolder::open(folder.path());
  REQUIRE_FALSE(data.ok());
  CHECK(data.error().code == ErrorCode::unsupported);
  CHECK(DataFolder::open_beside(folder.path()).error().code == ErrorCode::unsupported);
}

TEST_CASE("a blob and its row are kept together or not at all") {
  const test::TempFolder folder;
  auto data = DataFolder::open(folder.path());
  REQUIRE(data.ok());
  const auto row_of = [](native::Database& database, const std::string& sha256) {
    return database.prepare(kInsert)->bind(std::string_view("id")).bind(std::string_view(sha256)).run();
  };
  REQUIRE((*data)->keep_blob(bytes_of("one"), row_of).ok());
  CHECK_FALSE((*data)->keep_blob(bytes_of("two"), row_of).ok());  // the id is taken
  const auto removed = [&](native::Database& database, const std::string& sha256) -> Status {
    // As if cleanup had come between: the blob is there when the transaction begins, or is put again.
    CHECK((*data)->blobs().has(sha256));
    if (auto status = database.execute("DELETE FROM dances"); !status) return status;
    return Error{ErrorCode::denied, "no"};
  };
  CHECK((*data)->keep_blob(bytes_of("three"), removed).error().code == ErrorCode::denied);
  auto reading = (*data)->read();
  auto count = reading->database.prepare("SELECT count(*) FROM dances");
  REQUIRE(*count->step());
  CHECK(count->integer(0) == 1);
}

TEST_CASE("a database locked by another process is busy after some 5 s, then works") {
  const test::TempFolder folder;
  auto data = DataFolder::open(folder.path());
  REQUIRE(data.ok());
  auto other = DataFolder::open_beside(folder.path());
  REQUIRE(other.ok());
  {
    const auto held = (*other)->write();
    REQUIRE(held.ok());
    const auto start = std::chrono::steady_clock::now();
    const auto writing = (*data)->write();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    REQUIRE_FALSE(writing.ok());
    CHECK(writing.error().code == ErrorCode::busy);
    CHECK(seconds > 3);
    CHECK(seconds < 8);
    CHECK((*data)->read().ok());
  }
  auto writing = (*data)->write();
  REQUIRE(writing.ok());
  REQUIRE(writing->database()
              .prepare(kInsert)
              ->bind(std::string_view("x"))
              .bind(std::string_view("y"))
              .run()
              .ok());
  CHECK(writing->commit().ok());
}

TEST_CASE("a read-only data folder gives a clear error") {
  const test::TempFolder folder;
  { REQUIRE(DataFolder::open(folder.path()).ok()); }
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  fs::permissions(folder / "lock", fs::perms::owner_read);
  bool dropped = false;
  std::optional<Error> refused;
  std::thread([&] {
    dropped = drop_capabilities();
    if (const auto data = DataFolder::open(folder.path()); !data) refused = data.error();
  }).join();
  fs::permissions(folder.path(), fs::perms::owner_all);
  REQUIRE(dropped);
  REQUIRE(refused);
  CHECK(refused->code == ErrorCode::io);
  CHECK(refused->message.find("right to write") != std::string::npos);
}

TEST_CASE("the default data folder follows the environment") {
  const Variable own("TERPSI_DATA_FOLDER", nullptr), state("STATE_DIRECTORY", nullptr);
  const Variable xdg("XDG_DATA_HOME", nullptr), home("HOME", "/home/somebody");
  CHECK(native::data_folder("given") == "given");
  CHECK(native::data_folder("") == "/home/somebody/.local/share/terpsi");
  const Variable set_xdg("XDG_DATA_HOME", "/xdg");
  CHECK(native::data_folder("") == "/xdg/terpsi");
  const Variable relative("XDG_DATA_HOME", "xdg");  // to be ignored, says the specification
  CHECK(native::data_folder("") == "/home/somebody/.local/share/terpsi");
  const Variable set_state("STATE_DIRECTORY", "/var/lib/terpsi:/var/lib/other");
  CHECK(native::data_folder("") == "/var/lib/terpsi");
  const Variable set_own("TERPSI_DATA_FOLDER", "/own");
  CHECK(native::data_folder("") == "/own");
}
