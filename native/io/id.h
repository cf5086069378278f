#pragma once
// Names that nobody can guess, and times as they are stored.

#include <cstdint>
#include <string>
#include <string_view>

namespace terpsi::native {

inline constexpr std::size_t kIdLength = 22;

// 132 random bits from the system, 22 characters of A-Z a-z 0-9 - _. Of dances, renders and delete tokens.
std::string new_id();

// True for what new_id may return; everything else is refused before any file or index is touched.
bool is_id(std::string_view text);

// Seconds since 1970.
std::int64_t unix_now();

// 2026-01-31T12:00:00Z.
std::string utc_text(std::int64_t unix_seconds);

// Equal, in a time that depends on the lengths only.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace terpsi::native
