// kill -9 at random points, repeatedly, over one data folder: no acknowledged dance is lost, no acknowledged
// removal undone, nothing is read in part. TERPSI_KILLS=1000 in the environment makes it longer.

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "native/store/check.h"
#include "native/store/cleanup.h"
#include "native/store/local_store.h"
#include "native/store/some_dance.h"
#include "native/temp_folder.h"

using namespace terpsi;
using native::LocalStore;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kCrashNow = 1700000000;
constexpr int kWriters = 3, kReaders = 2;

// What a child reports through its pipe, in one write.
enum class Report : char {
  opened = 'o',
  put_begins = 'b',
  put = 'p',
  removal_begins = 'r',
  removed = 'd',
  read = 'g',   // and it was whole
  wrong = 'x',  // a torn or lost dance, or a failure
};

struct Message {
  Report report;
  std::array<char, native::kIdLength> id{};
  std::array<char, 64> sha256{};
};

void send_report(int pipe, Report what, const std::string& id = "", const std::string& sha256 = "") {
  Message message{what};
  std::copy(id.begin(), id.end(), message.id.begin());
  std::copy(sha256.begin(), sha256.end(), message.sha256.begin());
  if (::write(pipe, &message, sizeof message) != sizeof message) ::_exit(1);
}

// The dances of a child that may be read and removed.
struct Shared {
  std::mutex mutex;
  std::vector<std::pair<std::string, std::string>> kept;  // id, digest
};

void write_and_remove(LocalStore& store, Shared& shared, int pipe, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (;;) {
    if (random() % 4 != 0) {
      // One in eight is a file that may be there already.
      const auto file = test::some_dance(random() % 8 == 0 ? random() % 16 : random(),
                                         10 + static_cast<int>(random() % 50));
      const std::string sha256 = sha256_hex(file);
      auto record = test::some_record(1);
      record.frames = static_cast<std::int64_t>(format::read_dance(file)->clip.size());
      send_report(pipe, Report::put_begins, record.id, sha256);
      if (!store.put(record, file).ok()) {
        send_report(pipe, Report::wrong, record.id);
        continue;
      }
      send_report(pipe, Report::put, record.id, sha256);
      const std::lock_guard lock(shared.mutex);
      shared.kept.emplace_back(record.id, sha256);
    } else {
      std::string id;
      {
        const std::lock_guard lock(shared.mutex);
        if (shared.kept.empty()) continue;
        const std::size_t at = random() % shared.kept.size();
        id = shared.kept[at].first;
        shared.kept.erase(shared.kept.begin() + static_cast<std::ptrdiff_t>(at));
      }
      send_report(pipe, Report::removal_begins, id);
      const bool removed = store.remove(id, test::digest_of("token")).ok();
      send_report(pipe, removed && !store.get(id, kCrashNow).ok() ? Report::removed : Report::wrong, id);
    }
  }
}

void read_and_compare(LocalStore& store, Shared& shared, int pipe, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (;;) {
    std::pair<std::string, std::string> dance;
    {
      const std::lock_guard lock(shared.mutex);
      if (!shared.kept.empty()) dance = shared.kept[random() % shared.kept.size()];
    }
    if (!dance.first.empty()) {
      const auto got = store.get(dance.first, kCrashNow);
      bool right = got.ok() && sha256_hex(*got->file) == dance.second;
      if (!right && !got.ok() && got.error().code == ErrorCode::not_found) {  // removed meanwhile?
        const std::lock_guard lock(shared.mutex);
        right = std::find(shared.kept.begin(), shared.kept.end(), dance) == shared.kept.end();
      }
      send_report(pipe, right ? Report::read : Report::wrong, dance.first, dance.second);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

[[noreturn]] void serve(const std::string& folder, int pipe, std::uint64_t seed, Shared& shared) {
  auto store = LocalStore::open(folder);
  if (!store) {
    send_report(pipe, Report::wrong);
    ::_exit(1);
  }
  send_report(pipe, Report::opened);
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kWriters; ++i)
    threads.emplace_back([&, i] { write_and_remove(**store, shared, pipe, seed + i); });
  for (std::uint64_t i = 0; i < kReaders; ++i)
    threads.emplace_back([&, i] { read_and_compare(**store, shared, pipe, seed + 100 + i); });
  for (auto& thread : threads) thread.join();
  ::_exit(1);
}

// Another process that removes unused blobs without waiting for them to be old.
[[noreturn]] void collect(const std::string& folder) {
  for (;;) {
    auto beside = native::DataFolder::open_beside(folder);
    for (int i = 0; i < 50 && beside; ++i) (void)native::collect_blobs(**beside, native::unix_now() + 7200);
  }
}

template <class Work>
pid_t start(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    work();
  }
  REQUIRE(child > 0);
  return child;
}

// What must be true of the folder.
struct Ledger {
  std::map<std::string, std::string> kept;         // id, digest
  std::set<std::string> removed;                   // acknowledged
  std::map<std::string, std::string> putting;      // begun, not acknowledged: there or not
  std::map<std::string, std::string> removing;     // the same
  std::int64_t puts = 0, removals = 0, reads = 0;  // acknowledged
  int wrong = 0, lost = 0, undone = 0, torn = 0;

  void hear(const Message& message) {
    const std::string id(message.id.data(), message.id.size()), sha256(message.sha256.data(), 64);
    switch (message.report) {
      case Report::opened:
        break;
      case Report::put_begins:
        putting[id] = sha256;
        break;
      case Report::put:
        putting.erase(id);
        kept[id] = sha256;
        ++puts;
        break;
      case Report::removal_begins:
        removing[id] = kept[id];
        kept.erase(id);
        break;
      case Report::removed:
        removing.erase(id);
        removed.insert(id);
        ++removals;
        break;
      case Report::read:
        ++reads;
        break;
      case Report::wrong:
        ++wrong;
    }
  }

  void expect_kept(LocalStore& store, const std::string& id, const std::string& sha256) {
    const auto got = store.get(id, kCrashNow);
    if (!got)
      ++(got.error().code == ErrorCode::not_found ? lost : torn);
    else if (sha256_hex(*got->file) != sha256)
      ++torn;
  }

  // What was not acknowledged is whole or not there, and stays as it is from now on.
  void settle(LocalStore& store, std::map<std::string, std::string>& open) {
    for (const auto& [id, sha256] : open) {
      const auto got = store.get(id, kCrashNow);
      if (got && sha256_hex(*got->file) == sha256)
        kept[id] = sha256;
      else if (!got && got.error().code == ErrorCode::not_found)
        removed.insert(id);
      else
        ++torn;
    }
    open.clear();
  }

  void check(LocalStore& store) {
    for (const auto& [id, sha256] : kept) expect_kept(store, id, sha256);
    for (const auto& id : removed) undone += store.get(id, kCrashNow).ok() ? 1 : 0;
    settle(store, putting);
    settle(store, removing);
  }
};

// Hears all that the children say, and kills them `wait` after they began, or after the first of them has
// opened the folder.
void hear_and_kill(int pipe, std::chrono::microseconds wait, bool after_opening,
                   const std::vector<pid_t>& children, Ledger& ledger) {
  auto end = Clock::now() + (after_opening ? std::chrono::seconds(20) : wait);
  std::vector<char> bytes;
  bool killed = false;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0 && !killed) {
      for (const pid_t child : children) ::kill(child, SIGKILL);
      killed = true;
    }
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, killed ? -1 : static_cast<int>(left)) <= 0) continue;
    std::array<char, 65536> block;
    const ssize_t got = ::read(pipe, block.data(), block.size());
    if (got <= 0) break;  // all ends are closed: they are dead
    bytes.insert(bytes.end(), block.begin(), block.begin() + got);
    std::size_t at = 0;
    for (; bytes.size() - at >= sizeof(Message); at += sizeof(Message)) {
      Message message{};
      std::memcpy(&message, bytes.data() + at, sizeof message);
      ledger.hear(message);
      if (message.report == Report::opened && after_opening) end = Clock::now() + wait;
    }
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  CHECK(bytes.empty());
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  }
}

}  // namespace

TEST_CASE("kill -9 at random points loses nothing that was acknowledged") {
  const char* asked = std::getenv("TERPSI_KILLS");
  const int kills = asked != nullptr ? std::max(1, std::atoi(asked)) : 40;
  const test::TempFolder folder;
  const std::string path = folder / "data";
  std::mt19937_64 random(20261121);
  Ledger ledger;
  double slowest = 0;
  int unopened = 0;
  for (int round = 0; round < kills; ++round) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    Shared shared;
    for (const auto& dance : ledger.kept) shared.kept.push_back(dance);
    const std::uint64_t seed = random();
    std::vector<pid_t> children;
    children.push_back(start([&] {
      ::close(pipe[0]);
      serve(path, pipe[1], seed, shared);
    }));
    if (round % 2 == 1) {
      children.push_back(start([&] {
        ::close(pipe[0]);
        ::close(pipe[1]);
        collect(path);
      }));
    }
    ::close(pipe[1]);
    const bool opened = random() % 8 != 0;  // the others may die while they open the folder
    const std::chrono::microseconds wait(random() % (opened ? 200000 : 60000));
    const auto before = ledger.puts + ledger.removals + ledger.reads;
    hear_and_kill(pipe[0], wait, opened, children, ledger);
    ::close(pipe[0]);
    unopened += ledger.puts + ledger.removals + ledger.reads == before ? 1 : 0;

    const auto begun = Clock::now();
    auto store = LocalStore::open(path);
    slowest = std::max(slowest, std::chrono::duration<double>(Clock::now() - begun).count());
    REQUIRE(store.ok());
    CHECK(std::filesystem::is_empty(path + "/tmp"));
    ledger.check(**store);
    if (round % 50 == 49 || round == kills - 1) {
      const auto report = native::check_folder(*(*store)->folder());
      REQUIRE(report.ok());
      CHECK(report->damages == std::vector<std::string>{});
      CHECK(report->dances == static_cast<std::int64_t>(ledger.kept.size()));
    }
  }
  MESSAGE(kills << " kills (" << unopened << " before anything was done), " << ledger.puts << " dances put, "
                << ledger.removals << " removed, " << ledger.reads << " read meanwhile; slowest start "
                << slowest * 1000 << " ms; lost " << ledger.lost << ", undone " << ledger.undone << ", torn "
                << ledger.torn << ", wrong " << ledger.wrong);
  CHECK(ledger.puts > kills / 4);
  CHECK(ledger.removals > 0);
  CHECK(ledger.reads > 0);
  CHECK(ledger.lost == 0);
  CHECK(ledger.undone == 0);
  CHECK(ledger.torn == 0);
  CHECK(ledger.wrong == 0);
  CHECK(slowest < 2);
}
