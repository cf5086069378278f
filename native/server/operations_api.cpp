#include <array>
#include <nlohmann/json.hpp>

#include "generated/openapi.h"
#include "native/http/answer.h"
#include "native/server/endpoints.h"

namespace terpsi::native {
namespace {

// The process answers.
void get_healthz(Call& call) {
  answer_json(call.response, 200, "{\"status\":\"ok\",\"version\":\"" TERPSI_VERSION "\"}");
}

// Renders and dances can be accepted, too.
void get_readyz(Call& call) {
  const Site& site = call.site;
  const bool queue = site.queue == nullptr || site.queue->healthy();
  const bool dances = site.dances == nullptr || site.dances->healthy();
  const bool worker = !site.worker_ready || site.worker_ready();
  const bool ready = queue && dances && worker && !site.stopping;
  const nlohmann::ordered_json json = {{"ready", ready},
                                       {"renders", queue},
                                       {"dances", dances},
                                       {"models", worker},
                                       {"stopping", site.stopping.load()}};
  if (!ready) call.response.set_header("Retry-After", "5");
  answer_json(call.response, ready ? 200 : 503, json.dump());
}

// For private addresses only.
void get_metrics(Call& call) {
  if (!is_private_address(call.client))
    return answer_error(call.response, 404, "not_found", "there is nothing at this address");
  Site& site = call.site;
  std::string out;
  write_requests(out, site.metrics);
  const auto counter = [&](std::string_view name, std::string_view help, auto value) {
    write_metric(out, name, "counter", help, static_cast<double>(value));
  };
  const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
    write_metric(out, name, "gauge", help, static_cast<double>(value));
  };
  counter("terpsi_limited_total", "Requests refused because there were too many",
          site.metrics.limited.load());
  gauge("terpsi_event_streams", "Streams of events that are open", site.metrics.streams.load());
  if (site.queue != nullptr) {
    const QueueFigures figures = site.queue->figures();
    gauge("terpsi_renders_queued", "Renders that wait", figures.queued);
    gauge("terpsi_renders_running", "Renders under way", figures.running);
  }
  if (site.connections) gauge("terpsi_connections", "Connections that are open", site.connections());
  if (site.worker_figures) {
    const WorkerFigures w = site.worker_figures();
    counter("terpsi_renders_done_total", "Renders finished here", w.done);
    counter("terpsi_renders_failed_total", "Renders that failed here", w.failed);
    counter("terpsi_renders_cancelled_total", "Renders cancelled here", w.cancelled);
    counter("terpsi_renders_timed_out_total", "Renders that took too long here", w.timed_out);
    counter("terpsi_device_busy_seconds_total", "Time the device spent on renders", w.busy_seconds);
  }
  call.response.status = 200;
  call.response.set_header("Cache-Control", "no-store");
  call.response.set_content(std::move(out), "text/plain; version=0.0.4; charset=utf-8");
}

void get_models(Call& call) {
  const Site& site = call.site;
  nlohmann::ordered_json json;
  json["models"] = nlohmann::ordered_json::array();
  for (const auto& model : site.models.generators->models) {
    nlohmann::ordered_json entry = {{"name", model.name}, {"role", model.role}, {"licence", model.licence}};
    entry["research_only"] = model.research_only();
    entry["styles"] = nlohmann::ordered_json::array();
    for (const auto& style : model.styles) entry["styles"].push_back(style.name);
    json["models"].push_back(std::move(entry));
  }
  json["default"] = site.options.default_model;
  json["renders"] = {{"available", site.queue != nullptr},
                     {"token_required", !site.options.render_token.empty()}};
  json["dances"] = {{"available", site.dances != nullptr},
                    {"max_bytes", limits::kMaxDanceFileBytes},
                    {"default_days", site.options.dance_days},
                    {"max_days", site.options.max_dance_days}};
  json["device"] = site.worker_device ? site.worker_device() : std::string();
  answer_json(call.response, 200, json.dump());
}

void get_openapi(Call& call) {
  call.response.status = 200;
  call.response.set_header("Cache-Control", "no-cache");
  call.response.set_content(std::string(kOpenApi), "application/yaml");
}

constexpr std::array<Endpoint, 5> kOperationEndpoints = {{
    {"GET", "/api/v1/models", Route::operations, get_models},
    {"GET", "/api/v1/openapi.yaml", Route::operations, get_openapi},
    {"GET", "/healthz", Route::operations, get_healthz},
    {"GET", "/readyz", Route::operations, get_readyz},
    {"GET", "/metrics", Route::operations, get_metrics},
}};

}  // namespace

std::span<const Endpoint> operation_endpoints() {
  return kOperationEndpoints;
}

}  // namespace terpsi::native
