#pragma once
// The rows of the table `dances` (schema.h). The caller has locked the database (DataFolder::read or write).
// Errors of all functions: io, busy.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/store/dance_store.h"
#include "native/store/sqlite.h"

namespace terpsi::native {

// Columns in the order in which record_at reads them.
inline constexpr const char* kDanceColumns =
    "id, sha256, token_sha256, title, bytes, frames, created, expires";
DanceRecord record_at(const Statement& statement);

// Nothing when there is no such row.
Result<std::optional<DanceRecord>> find_dance(Database& database, const std::string& id);

// All rows, oldest first.
Result<std::vector<DanceRecord>> list_dances(Database& database);

// There is no row with this id yet.
Status insert_dance(Database& database, const DanceRecord& record);

// False: there was no such row.
Result<bool> erase_dance(Database& database, const std::string& id);

// `expires`: seconds since 1970, 0: never. False: there was no such row.
Result<bool> set_expiry(Database& database, const std::string& id, std::int64_t expires);

// True when a dance or a render refers to the blob.
Result<bool> is_referred_to(Database& database, const std::string& sha256);

// The digests of all blobs that dances and renders refer to, ascending.
Result<std::vector<std::string>> list_references(Database& database);

}  // namespace terpsi::native
