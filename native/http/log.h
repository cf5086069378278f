#pragma once
// Structured logs: one JSON object per line on standard error.
//
//   {"time":"2026-01-31T12:00:00.123Z","level":"info","message":"request","id":"...","status":202,...}

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"

namespace terpsi::native {

enum class LogLevel { debug, info, warning, error };

// False, and no change, unless the name is debug, info, warning, error or off.
bool set_log_level(std::string_view name);
bool logs(LogLevel level);

using LogValue = std::variant<std::int64_t, double, std::string>;
using LogField = std::pair<std::string_view, LogValue>;

// Values may be untrusted text.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace terpsi::native
