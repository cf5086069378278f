#pragma once
// Checks on untrusted text.

#include <string_view>

namespace terpsi {

// Well-formed UTF-8 (no overlong forms, no surrogates) without control characters (C0, DEL, C1) and without
// the invisible characters that reorder text (U+202A to U+202E, U+2066 to U+2069).
bool is_plain_utf8(std::string_view text);

// 64 lower-case hexadecimal digits.
bool is_sha256_hex(std::string_view text);

}  // namespace terpsi
