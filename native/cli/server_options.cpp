#include "native/cli/server_options.h"

#include "native/cli/common.h"
#include "native/io/file.h"
#include "native/networks/device.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kMaxTokenBytes = 4096;
constexpr std::size_t kMinTokenLength = 16;

}  // namespace

void add_work_options(Command& command, WorkOptions& options) {
  add_models_option(command, options.models);
  command.option("--default-model", options.default_model,
                 "Model of renders that name none [the first large one, else the first]");
  add_device_option(command, options.device);
  command.option("--threads", options.threads, "Threads of one network evaluation on the CPU")
      .with_default(1, 256);
  command.option("--render-timeout", options.timeout_seconds, "Seconds that one render may take")
      .with_default(1, 86400);
  command
      .option("--drain", options.drain_seconds,
              "Seconds that the render under way may still take when the program is to end")
      .with_default(0, 86400);
  command.option("--log-level", options.log_level, "debug, info, warning, error or off")
      .with_default()
      .one_of(std::vector<std::string>{"debug", "info", "warning", "error", "off"});
  command.option("--cluster", options.cluster.urls,
                 "NATS servers that carry renders and dances: nats://a:4222,b,c");
  command.option("--cluster-credentials", options.cluster.credentials, "A .creds file for them");
  command
      .option("--cluster-replicas", options.cluster.replicas,
              "Copies of each render and dance: 1, 3 or 5; 0: as many as there are servers, at most 3")
      .with_default()
      .one_of(std::vector<int>{0, 1, 3, 5});
  command.option("--cluster-site", options.cluster.site, "Name of this site among others on the same servers")
      .with_default();
}

Result<std::unique_ptr<Renderer>> open_renderer(const WorkOptions& options, Models models) {
  auto device = choose_device(options.device);
  if (!device) return device.error();
  return Renderer::open({.models = std::move(models),
                         .default_model = options.default_model,
                         .generator = {.threads = options.threads, .device = std::move(*device)}});
}

WorkerOptions worker_options(const WorkOptions& options) {
  return {std::chrono::seconds(options.timeout_seconds), std::chrono::seconds(options.drain_seconds)};
}

void add_serve_options(Command& command, ServeOptions& options) {
  command.option("--host", options.server.host, "Address to listen on; 0.0.0.0 for every network")
      .with_default();
  command.option("--port", options.server.port, "Port to listen on; 0 for any free one")
      .with_default(0, 65535);
  command.option("--web", options.server.web,
                 "Folder of the built page (found beside the program by default)");
  command.option("--connections", options.server.connections, "Connections open at once")
      .with_default(8, 8192);
  command.option("--public-url", options.site.public_url,
                 "Address by which others reach this server, e.g. https://dance.example.org");
  command.option("--trusted-proxy", options.proxies,
                 "Address of a proxy in front, whose X-Forwarded headers are believed; or loopback");
  command
      .option("--data", options.data,
              "Folder of kept dances and renders [STATE_DIRECTORY, else ~/.local/share/terpsi]")
      .from_environment("TERPSI_DATA_FOLDER");
  command.flag("--no-renders", options.no_renders, "Make no dances here");
  command.flag("--no-dances", options.no_dances, "Keep no shared dances here");
  command.flag("--no-worker", options.no_worker,
               "With --cluster: only take renders in, for terpsi work to make");
  command.option("--render-token", options.site.render_token,
                 "Secret that clients must send to have dances made (Authorization: Bearer)");
  command.option("--render-token-file", options.render_token_file, "File with that secret");
  command.option("--cors-origin", options.site.cors_origins,
                 "Origin whose pages may use the API, e.g. https://school.example.org; * for all");
  command.option("--dance-days", options.site.dance_days, "Days a shared dance is kept; 0: forever")
      .with_default(0, 36500);
  command
      .option("--max-dance-days", options.site.max_dance_days,
              "Days that a client may ask for; 0: forever too")
      .with_default(0, 36500);
  command.option("--renders-per-minute", options.site.renders_per_minute, "Of one client; 0: any number")
      .with_default(0, 1000000);
  command.option("--dances-per-minute", options.site.dances_per_minute, "Of one client; 0: any number")
      .with_default(0, 1000000);
  command
      .option("--exports-per-minute", options.site.exports_per_minute,
              "Converted dances and posters, of one client; 0: any number")
      .with_default(0, 1000000);
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
