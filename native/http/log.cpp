#include "native/http/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "native/io/id.h"

namespace terpsi::native {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"debug", "info", "warning", "error", "off"};
std::atomic<int> lowest{static_cast<int>(LogLevel::info)};

}  // namespace

bool set_log_level(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] != name) continue;
    lowest = static_cast<int>(i);
    return true;
  }
  return false;
}

bool logs(LogLevel level) {
  return static_cast<int>(level) >= lowest;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!logs(level)) return;
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  std::string time = utc_text(now / 1000);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(now % 1000));
  time.replace(time.size() - 1, 1, fraction.data());
  nlohmann::ordered_json line;
  line["time"] = time;
  line["level"] = kNames[static_cast<std::size_t>(level)];
  line["message"] = message;
  for (const auto& [key, value] : fields)
    std::visit([&line, key = key](const auto& v) { line[std::string(key)] = v; }, value);
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  // One call for each line, so that lines of several threads do not mix.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace terpsi::native
