#pragma once
// The tables of a data folder's database.
//
//   dances   shared dances. sha256 names a blob; expires 0: never; expired_seen: seconds of a server's own
//   time
//            for which the row was found expired, 0: it is not (see cleanup.h).
//   renders  of LocalQueue. key: '' when the client gave none; status: JSON of RenderStatus; result_sha256
//   names a blob,
//            '' before there is one; created, finished: seconds since 1970, 0 for not yet. `request` stands
//            last, so that the other columns are read without it.

#include <span>

namespace terpsi::native {

// For Database::migrate. What has been released is never changed; a new version is a new element.
std::span<const char* const> schema();

}  // namespace terpsi::native
