#include "native/store/schema.h"

#include <array>

namespace terpsi::native {
namespace {

constexpr std::array<const char*, 1> kSchema = {R"sql(
CREATE TABLE dances (
  id TEXT PRIMARY KEY NOT NULL,
  sha256 TEXT NOT NULL,
  token_sha256 TEXT NOT NULL,
  title TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  expired_seen INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX dances_sha256 ON dances (sha256);
CREATE INDEX dances_expires ON dances (expires) WHERE expires <> 0;

CREATE TABLE renders (
  id TEXT PRIMARY KEY NOT NULL,
  client TEXT NOT NULL,
  key TEXT NOT NULL,
  model TEXT NOT NULL,
  state TEXT NOT NULL,
  status TEXT NOT NULL,
  result_sha256 TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  request TEXT NOT NULL
) STRICT;
CREATE INDEX renders_state ON renders (state);
CREATE INDEX renders_client ON renders (client, key);
CREATE INDEX renders_result ON renders (result_sha256) WHERE result_sha256 <> '';
)sql"};

}  // namespace

std::span<const char* const> schema() {
  return kSchema;
}

}  // namespace terpsi::native
