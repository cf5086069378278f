#pragma once
// Percent-encoding of text for URLs and headers (RFC 3986).

#include <string>
#include <string_view>

namespace terpsi::native {

// `text` with %XX for every byte that is neither unreserved (letters, digits, - . _ ~) nor in `kept`.
std::string percent_encoded(std::string_view text, std::string_view kept = {});

}  // namespace terpsi::native
