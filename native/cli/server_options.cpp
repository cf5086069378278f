#include "native/cli/server_options.h"

#include <algorithm>

#include "native/cli/common.h"
#include "native/io/file.h"
#include "native/networks/device.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxTokenBytes = 4096;
constexpr std::size_t kMinTokenLength = 16;

}  // namespace

void add_work_options(CLI::App& command, WorkOptions& options) {
  add_models_option(command, options.models);
  command.add_option("--default-model", options.default_model,
                     "Model of renders that name none [teacher, else the first]");
  add_device_option(command, options.device);
  command.add_option("--threads", options.threads, "Threads of one network evaluation on the CPU")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command.add_option("--render-timeout", options.timeout_seconds, "Seconds that one render may take")
      ->capture_default_str()
      ->check(CLI::Range(1, 86400));
  command
      .add_option("--drain", options.drain_seconds,
                  "Seconds that the render under way may still take when the program is to end")
      ->capture_default_str()
      ->check(CLI::Range(0, 86400));
  command.add_option("--log-level", options.log_level, "debug, info, warning, error or off")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
  command.add_option("--cluster", options.cluster.urls,
                     "NATS servers that carry renders and dances: nats://a:4222,b,c");
  command.add_option("--cluster-credentials", options.cluster.credentials, "A .creds file for them");
  command
      .add_option("--cluster-replicas", options.cluster.replicas,
                  "Copies of each render and dance: 1, 3 or 5; 0: as many as there are servers, at most 3")
      ->capture_default_str()
      ->check(CLI::IsMember({0, 1, 3, 5}));
  command
      .add_option("--cluster-site", options.cluster.site,
                  "Name of this site among others on the same servers")
      ->capture_default_str();
}

Result<std::unique_ptr<Renderer>> open_renderer(const WorkOptions& options) {
  auto device = choose_device(options.device);
  if (!device) return device.error();
  return Renderer::open({.models = models_folder(options.models),
                         .default_model = options.default_model,
                         .generator = {.threads = options.threads, .device = std::move(*device)}});
}

WorkerOptions worker_options(const WorkOptions& options) {
  return {std::chrono::seconds(options.timeout_seconds), std::chrono::seconds(options.drain_seconds)};
}

void add_serve_options(CLI::App& command, ServeOptions& options) {
  command.add_option("--host", options.server.host, "Address to listen on; 0.0.0.0 for every network")
      ->capture_default_str();
  command.add_option("--port", options.server.port, "Port to listen on; 0 for any free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command.add_option("--web", options.server.web,
                     "Folder of the built page (found beside the program by default)");
  command.add_option("--connections", options.server.connections, "Connections open at once")
      ->capture_default_str()
      ->check(CLI::Range(8, 8192));
  command.add_option("--public-url", options.site.public_url,
                     "Address by which others reach this server, e.g. https://dance.example.org");
  command.add_option("--trusted-proxy", options.proxies,
                     "Address of a proxy in front, whose X-Forwarded headers are believed; or loopback");
  command
      .add_option("--data", options.data,
                  "Folder of kept dances and renders [STATE_DIRECTORY, else ~/.local/share/terpsi]")
      ->envname("TERPSI_DATA_FOLDER");
  command.add_flag("--no-renders", options.no_renders, "Make no dances here");
  command.add_flag("--no-dances", options.no_dances, "Keep no shared dances here");
  command.add_flag("--no-worker", options.no_worker,
                   "With --cluster: only take renders in, for terpsi work to make");
  command.add_option("--render-token", options.site.render_token,
                     "Secret that clients must send to have dances made (Authorization: Bearer)");
  command.add_option("--render-token-file", options.render_token_file, "File with that secret");
  command.add_option("--cors-origin", options.site.cors_origins,
                     "Origin whose pages may use the API, e.g. https://school.example.org; * for all");
  command.add_option("--dance-days", options.site.dance_days, "Days a shared dance is kept; 0: for ever")
      ->capture_default_str()
      ->check(CLI::Range(0, 36500));
  command
      .add_option("--max-dance-days", options.site.max_dance_days,
                  "Days that a client may ask for; 0: for ever too")
      ->capture_default_str()
      ->check(CLI::Range(0, 36500));
  command.add_option("--renders-per-minute", options.site.renders_per_minute, "Of one client; 0: any number")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  command.add_option("--dances-per-minute", options.site.dances_per_minute, "Of one client; 0: any number")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  command
      .add_option("--exports-per-minute", options.site.exports_per_minute,
                  "Converted dances and posters, of one client; 0: any number")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  add_work_options(command, options.work);
}

Status complete(ServeOptions& options) {
  SiteOptions& site = options.site;
  const auto wrong = [](std::string what) { return Error{ErrorCode::invalid_argument, std::move(what)}; };
  if (!options.render_token_file.empty()) {
    const auto bytes = read_file(options.render_token_file, kMaxTokenBytes);
    if (!bytes) return bytes.error();
    site.render_token.assign(bytes->begin(), bytes->end());
    while (!site.render_token.empty() &&
           std::isspace(static_cast<unsigned char>(site.render_token.back())) != 0)
      site.render_token.pop_back();
    if (site.render_token.empty()) return wrong("the file of --render-token-file is empty");
  }
  if (!site.render_token.empty() && site.render_token.size() < kMinTokenLength)
    return wrong("the render token is shorter than 16 characters, which can be guessed; take a longer one");
  while (site.public_url.ends_with('/')) site.public_url.pop_back();
  if (!site.public_url.empty() && !site.public_url.starts_with("http://") &&
      !site.public_url.starts_with("https://"))
    return wrong("--public-url must begin with http:// or https://");
  auto proxies = trusted_proxies(options.proxies);
  if (!proxies) return proxies.error();
  site.proxies = std::move(*proxies);
  if (options.no_worker && options.work.cluster.urls.empty())
    return wrong("--no-worker needs --cluster: without it nobody would make the dances");
  if (site.max_dance_days != 0 && (site.dance_days == 0 || site.dance_days > site.max_dance_days))
    site.dance_days = site.max_dance_days;
  site.dances = !options.no_dances;
  return ok_status();
}

}  // namespace terpsi::native
