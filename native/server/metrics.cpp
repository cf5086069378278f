#include "native/server/metrics.h"

#include <algorithm>
#include <cstdio>

namespace terpsi::native {
namespace {

constexpr std::array<std::string_view, kRoutes> kNames = {"page",   "dances", "exports",    "renders",
                                                          "events", "share",  "operations", "other"};

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.10g", value);
  return text.data();
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  out.append(name).append(" ").append(type).append("\n");
}

}  // namespace

void Histogram::add(double seconds) {
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++counts_[static_cast<std::size_t>(bound - kBounds.begin())];
  sum_ += seconds;
}

void Histogram::write(std::string& out, std::string_view name, std::string_view labels) const {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= kBounds.size(); ++i) {
    total += counts_[i];
    const std::string bound = i < kBounds.size() ? number(kBounds[i]) : "+Inf";
    out.append(name).append("_bucket{").append(labels).append(",le=\"").append(bound).append("\"} ");
    out.append(std::to_string(total)).append("\n");
  }
  out.append(name).append("_sum{").append(labels).append("} ").append(number(sum_)).append("\n");
  out.append(name).append("_count{").append(labels).append("} ").append(std::to_string(total)).append("\n");
}

void Metrics::answered(Route route, int status, double seconds) {
  const auto r = static_cast<std::size_t>(route);
  latency[r].add(seconds);
  ++answers[r][static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
}

void write_metric(std::string& out, std::string_view name, std::string_view type, std::string_view help,
                  double value) {
  head(out, name, type, help);
  out.append(name).append(" ").append(number(value)).append("\n");
}

void write_requests(std::string& out, const Metrics& metrics) {
  constexpr std::string_view kSeconds = "terpsi_http_request_seconds", kCount = "terpsi_http_requests_total";
  head(out, kSeconds, "histogram", "Time from a request's head to the end of its answer");
  for (std::size_t r = 0; r < kRoutes; ++r)
    metrics.latency[r].write(out, kSeconds, "route=\"" + std::string(kNames[r]) + "\"");
  head(out, kCount, "counter", "Answers by route and hundreds of their status");
  for (std::size_t r = 0; r < kRoutes; ++r) {
    for (std::size_t s = 1; s < 6; ++s) {
      out.append(kCount).append("{route=\"").append(kNames[r]).append("\",status=\"");
      out.append(std::to_string(s))
          .append("xx\"} ")
          .append(std::to_string(metrics.answers[r][s]))
          .append("\n");
    }
  }
}

}  // namespace terpsi::native
