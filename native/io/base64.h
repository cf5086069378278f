#pragma once
// Base64 (RFC 4648, section 4), with padding.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace terpsi::native {

// Nothing where a character, the length or the padding is wrong.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace terpsi::native
