#pragma once
// The server's counters, in the text format 0.0.4 of Prometheus.

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace terpsi::native {

// A histogram of seconds. Thread-safe.
class Histogram {
 public:
  static constexpr std::array<double, 12> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1,    2.5,   10};
  void add(double seconds);
  // Lines of the series `name` with `labels` (such as route="dances"), without HELP and TYPE.
  void write(std::string& out, std::string_view name, std::string_view labels) const;

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<double> sum_{0};
};

// The group of endpoints that a request is counted under.
enum class Route { page, dances, exports, renders, events, share, operations, other };
inline constexpr std::size_t kRoutes = 8;

struct Metrics {
  std::array<Histogram, kRoutes> latency;
  std::array<std::array<std::atomic<std::uint64_t>, 6>, kRoutes> answers{};  // by status / 100
  std::atomic<std::uint64_t> limited{0};  // requests refused because there were too many
  std::atomic<std::int64_t> streams{0};   // open event streams

  void answered(Route route, int status, double seconds);
};

// One sample, preceded by its HELP and TYPE. type: counter or gauge.
void write_metric(std::string& out, std::string_view name, std::string_view type, std::string_view help,
                  double value);

// The histogram and counters of requests.
void write_requests(std::string& out, const Metrics& metrics);

}  // namespace terpsi::native
