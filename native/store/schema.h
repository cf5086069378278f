#pragma once
// The tables of a data folder's database.
//
//   dances                  shared dances
//     sha256                names a blob
//     created, expires      seconds since 1970; expires 0: never
//     expired_seen          seconds of server uptime for which the row was seen expired; 0: it is not (cleanup.h)
//
//   renders                 of LocalQueue
//     key                   Idempotency-Key, '' without one
//     status                JSON of RenderStatus
//     result_sha256         names a blob, '' before there is one
//     created, finished     seconds since 1970; 0: not yet
//     request               the last column, so that the others are read without it

#include <span>

namespace terpsi::native {

// For Database::migrate. A released element never changes; a new version is a new element.
std::span<const char* const> schema();

}  // namespace terpsi::native
