#pragma once
// Percent-encoding of texts that go into addresses and headers.

#include <string>
#include <string_view>

namespace terpsi::native {

// `text` with %XX for what is neither unreserved (RFC 3986: letters, digits, - . _ ~) nor in `kept`.
std::string percent_encoded(std::string_view text, std::string_view kept = {});

}  // namespace terpsi::native
