#pragma once
// Where shared dances are kept: what the web server asks for, whoever keeps them (LocalStore: this machine;
// ClusterStore in native/cluster/: NATS). All functions may be called from any thread.

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
  std::string title;         // as format::Dance says: plain UTF-8 from a stranger
  std::int64_t bytes = 0;    // of the file
  std::int64_t frames = 0;
  std::int64_t created = 0;  // seconds since 1970
  std::int64_t expires = 0;  // seconds since 1970; 0: never
};

struct StoredDance {
  DanceRecord record;
  std::shared_ptr<const std::vector<std::uint8_t>> file;  // a .dance file, whole and checked against sha256
};

class DanceStore {
 public:
  virtual ~DanceStore() = default;

  // Keeps a dance; when this returns Ok it survives a crash of the machine. `record.sha256` and `bytes` are
  // filled in by the store. The same id again with the same file is Ok (a retry); with another file it is
  // invalid_argument. Errors: io (disk full, unreachable), busy (locked; try again).
  virtual Status put(DanceRecord record, std::span<const std::uint8_t> file) = 0;

  // Errors: not_found (never there, deleted, or expired at `now`), bad_format (the kept bytes are damaged),
  // io, busy.
  virtual Result<StoredDance> get(const std::string& id, std::int64_t now) = 0;

  // Errors: not_found, denied (another token), io, busy.
  virtual Status remove(const std::string& id, const std::string& token_sha256) = 0;

  // True while the store can be read and written.
  virtual bool healthy() = 0;
};

}  // namespace terpsi::native
