#pragma once
// Where shared dances are kept, as the web server sees it: LocalStore on this machine, ClusterStore
// (native/cluster/) in NATS. All functions may be called from any thread.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

struct DanceRecord {
  std::string id;            // see id.h
  std::string sha256;        // of the file, 64 hexadecimal digits
  std::string token_sha256;  // of the delete token, 64 hexadecimal digits
  std::string title;         // untrusted; plain UTF-8 as in format::Dance
  std::int64_t bytes = 0;    // of the file
  std::int64_t frames = 0;
  std::int64_t created = 0;  // seconds since 1970
  std::int64_t expires = 0;  // seconds since 1970; 0: never
};

inline bool is_expired(const DanceRecord& record, std::int64_t now) {
  return record.expires != 0 && record.expires <= now;
}

inline Error unknown_dance() {
  return {ErrorCode::not_found, "there is no such dance: it never existed, was deleted, or has expired"};
}

struct StoredDance {
  DanceRecord record;
  std::shared_ptr<const std::vector<std::uint8_t>> file;  // a .dance file, verified against sha256
};

class DanceStore {
 public:
  virtual ~DanceStore() = default;

  // Stores a dance; when this returns Ok it survives a crash of the machine. The store fills in `sha256` and
  // `bytes` of the record. The same id with the same file is Ok (a retry). Errors: invalid_argument (the id has
  // another file), io (disk full, unreachable), busy (locked; try again).
  virtual Status put(DanceRecord record, std::span<const std::uint8_t> file) = 0;

  // Errors: not_found (never stored, deleted, or expired at `now`), bad_format (the stored bytes are damaged),
  // io, busy.
  virtual Result<StoredDance> get(const std::string& id, std::int64_t now) = 0;

  // Errors: not_found, denied (another token), io, busy.
  virtual Status remove(const std::string& id, const std::string& token_sha256) = 0;

  // True while the store can be read and written.
  virtual bool healthy() = 0;
};

}  // namespace terpsi::native
