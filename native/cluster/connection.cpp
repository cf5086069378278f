#include "native/cluster/connection.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <random>
#include <thread>

namespace terpsi::native {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxServers = 16;
constexpr std::size_t kMessageOverhead = 1024;  // bytes of subject and headers
constexpr milliseconds kTry{2000};              // for one request
constexpr milliseconds kOutage{5000};           // failures closer together than this are one outage
constexpr milliseconds kNoJetStream{3000};      // without an answer for so long: there is none

// Answers that a retry may turn into success.
constexpr std::array kPassingStatus = {NATS_TIMEOUT,   NATS_NO_RESPONDERS,    NATS_CONNECTION_DISCONNECTED,
                                       NATS_IO_ERROR,  NATS_STALE_CONNECTION, NATS_INSUFFICIENT_BUFFER,
                                       NATS_NO_SERVER, NATS_MISSED_HEARTBEAT};
constexpr std::array kPassingCodes = {
    JSClusterNoPeersErr,   JSClusterNotActiveErr,     JSClusterNotAssignedErr, JSClusterNotAvailErr,
    JSClusterNotLeaderErr, JSClusterPeerNotMemberErr, JSClusterIncompleteErr,  JSInsufficientResourcesErr,
    JSRaftGeneralErr,      JSStreamNotFoundErr,       JSStreamOfflineErr,      JSConsumerOfflineErr};

bool is_passing(natsStatus status, jsErrCode code) {
  const auto has = [](const auto& list, auto value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  return has(kPassingStatus, status) || has(kPassingCodes, code);
}

// How many servers the connection has heard of.
int known_servers(natsConnection* connection) {
  char** servers = nullptr;
  int count = 0;
  if (natsConnection_GetServers(connection, &servers, &count) != NATS_OK) return 0;
  for (int i = 0; i < count; ++i) free(servers[i]);
  free(servers);
  return count;
}

bool is_site(const std::string& name) {
  return !name.empty() && name.size() <= 32 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

Error unreachable(const ClusterOptions& options, natsStatus status, const std::string& text) {
  if (status == NATS_CONNECTION_AUTH_FAILED || text.find("uthorization") != std::string::npos) {
    return {ErrorCode::io,
            "the NATS servers refuse this user: check the name and password of --cluster, or the credentials "
            "file"};
  }
  std::string hosts;
  if (const auto urls = server_urls(options.urls)) {
    for (const std::string& url : *urls) {
      const std::size_t host = std::max(url.rfind('@'), url.rfind('/')) + 1;
      hosts += (hosts.empty() ? "" : ", ") + url.substr(std::min(host, url.size()));
    }
  }
  return {ErrorCode::io, "no NATS server answers at " + hosts + " (" +
                             (text.empty() ? natsStatus_GetText(status) : text) +
                             "): check the addresses of --cluster and that nats-server runs there"};
}

Result<OptionsHandle> connection_options(const ClusterOptions& options) {
  const auto urls = server_urls(options.urls);
  if (!urls) return urls.error();
  natsOptions* made = nullptr;
  if (natsOptions_Create(&made) != NATS_OK)
    return Error{ErrorCode::internal, "no memory for a connection to NATS"};
  OptionsHandle handle(made);
  std::vector<const char*> servers;
  for (const std::string& url : *urls) servers.push_back(url.c_str());
  natsStatus status = natsOptions_SetServers(made, servers.data(), static_cast<int>(servers.size()));
  const auto also = [&](natsStatus next) {
    if (status == NATS_OK) status = next;
  };
  also(natsOptions_SetName(made, "terpsi"));
  also(natsOptions_SetTimeout(made, 2000));
  also(natsOptions_SetPingInterval(made, 5000));
  also(natsOptions_SetMaxPingsOut(made, 2));
  also(natsOptions_SetMaxReconnect(made, -1));
  also(natsOptions_SetReconnectWait(made, 100));
  also(natsOptions_SetReconnectJitter(made, 100, 100));
  also(natsOptions_SetFailRequestsOnDisconnect(made, true));
  also(natsOptions_SetWriteDeadline(made, 5000));
  also(natsOptions_SetSendAsap(made, true));
  if (status == NATS_OK && !options.credentials.empty()) {
    struct stat info {};
    if (::stat(options.credentials.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
      return Error{ErrorCode::not_found,
                   "the NATS credentials file \"" + options.credentials + "\" does not exist"};
    }
    also(natsOptions_SetUserCredentialsFromFiles(made, options.credentials.c_str(), nullptr));
  }
  if (status != NATS_OK) {
    return Error{ErrorCode::invalid_argument, std::string("the NATS addresses cannot be used: ") +
                                                  natsStatus_GetText(status) +
                                                  "; write them as nats://user:password@host:4222,host:4222"};
  }
  return handle;
}

}  // namespace

bool Outcome::missing() const {
  return status == NATS_NOT_FOUND || code == JSNoMessageFoundErr || code == JSSequenceNotFoundErr;
}
bool Outcome::conflict() const {
  return code == JSStreamWrongLastSequenceErr;
}

Result<std::vector<std::string>> server_urls(const std::string& urls) {
  const auto wrong = [](const std::string& why) {
    return Error{ErrorCode::invalid_argument,
                 "the NATS addresses " + why + "; write them as nats://user:password@host:4222,host:4222"};
  };
  std::vector<std::string> servers;
  std::string scheme = "nats", user;
  for (std::size_t start = 0; start <= urls.size();) {
    const std::size_t end = std::min(urls.find(',', start), urls.size());
    std::string rest = urls.substr(start, end - start);
    start = end + 1;
    if (const std::size_t mark = rest.find("://"); mark != std::string::npos) {
      const std::string given = rest.substr(0, mark);
      if (given != "nats" && given != "tls") return wrong("begin with nats:// or tls://");
      if (servers.empty()) scheme = given;
      if (given != scheme) return wrong("must all begin alike");
      rest.erase(0, mark + 3);
    }
    if (const std::size_t at = rest.rfind('@'); at != std::string::npos) {
      user = rest.substr(0, at + 1);
      rest.erase(0, at + 1);
    }
    const std::size_t colon = rest.rfind(':');
    const bool has_port = colon != std::string::npos && rest.find(']', colon) == std::string::npos;
    const std::string host = has_port ? rest.substr(0, colon) : rest;
    const std::string port = has_port ? rest.substr(colon + 1) : "4222";
    const bool host_ok =
        !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
          return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                 std::string_view("-._:[]").find(c) != std::string_view::npos;
        });
    if (!host_ok) return wrong("have a host that is empty or has characters that no host has");
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos ||
        std::stoi(port) < 1 || std::stoi(port) > 65535) {
      return wrong("have a port that is not 1 to 65535");
    }
    servers.push_back(scheme + "://" + user + host + ":" + port);
    if (servers.size() > kMaxServers) return wrong("are more than 16; a few of a cluster are enough");
  }
  return servers;
}

Cluster::Cluster(ClusterOptions options, ConnectionHandle connection, JetStreamHandle jetstream, int replicas)
    : options_(std::move(options)),
      connection_(std::move(connection)),
      jetstream_(std::move(jetstream)),
      replicas_(replicas) {}

Cluster::~Cluster() {
  natsConnection_FlushTimeout(connection_.get(), 1000);  // last acknowledgements
  natsConnection_Close(connection_.get());
}

Result<std::shared_ptr<Cluster>> Cluster::connect(const ClusterOptions& options) {
  if (!is_site(options.site)) {
    return Error{ErrorCode::invalid_argument, "the site's name must be 1 to 32 of a-z, 0-9 and -"};
  }
  if (options.replicas != 0 && options.replicas != 1 && options.replicas != 3 && options.replicas != 5) {
    return Error{ErrorCode::invalid_argument, "replicas must be 1, 3 or 5"};
  }
  if (options.worker_silence < std::chrono::seconds(1)) {
    return Error{ErrorCode::invalid_argument, "worker_silence must be at least a second"};
  }
  auto settings = connection_options(options);
  if (!settings) return settings.error();

  const auto deadline = Clock::now() + options.patience;
  natsConnection* connected = nullptr;
  for (;;) {
    const natsStatus status = natsConnection_Connect(&connected, settings->get());
    if (status == NATS_OK) break;
    const char* text = nats_GetLastError(nullptr);
    const std::string problem = text != nullptr ? text : "";
    if (status == NATS_CONNECTION_AUTH_FAILED || Clock::now() >= deadline)
      return unreachable(options, status, problem);
    std::this_thread::sleep_for(milliseconds(250));
  }
  ConnectionHandle connection(connected);

  jsCtx* context = nullptr;
  if (natsConnection_JetStream(&context, connected, nullptr) != NATS_OK) {
    return Error{ErrorCode::internal, "no memory for a connection to NATS"};
  }
  JetStreamHandle jetstream(context);

  // The servers' settings are checked here, so that later errors mean that servers died.
  const auto first_try = Clock::now();
  for (;;) {
    jsOptions limits;
    jsOptions_Init(&limits);
    limits.Wait = kTry.count();
    jsErrCode code{};
    jsAccountInfo* account = nullptr;
    const natsStatus status = js_GetAccountInfo(&account, context, &limits, &code);
    jsAccountInfo_Destroy(account);
    if (status == NATS_OK) break;
    const bool off =
        status == NATS_NO_RESPONDERS || code == JSNotEnabledErr || code == JSNotEnabledForAccountErr;
    if (off && (code != 0 || Clock::now() - first_try >= kNoJetStream)) {
      return Error{
          ErrorCode::unsupported,
          "the NATS servers run without JetStream, which keeps renders and dances: give them a jetstream "
          "section with a store_dir (docs/cluster.md has one), and enable it for this account"};
    }
    if (Clock::now() >= deadline) {
      return Error{ErrorCode::io, std::string("JetStream of the NATS servers does not answer (") +
                                      natsStatus_GetText(status) + "): do most of the servers run?"};
    }
    std::this_thread::sleep_for(milliseconds(250));
  }

  int replicas = options.replicas;
  if (replicas == 0) {
    const auto urls = server_urls(options.urls);
    const int servers = std::max(urls ? static_cast<int>(urls->size()) : 1, known_servers(connected));
    replicas = servers >= 3 ? 3 : 1;
  }
  return std::shared_ptr<Cluster>(
      new Cluster(options, std::move(connection), std::move(jetstream), replicas));
}

std::size_t Cluster::max_message() const {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, natsConnection_GetMaxPayload(connection_.get())));
}

Status Cluster::check_size(const std::string& what, std::size_t bytes) const {
  if (bytes + kMessageOverhead <= max_message()) return ok_status();
  return Error{ErrorCode::too_large, "the NATS servers accept messages of at most " +
                                         std::to_string(max_message()) + " bytes and " + what + " has " +
                                         std::to_string(bytes) +
                                         "; set max_payload: 8MB in the configuration of each of them, and "
                                         "restart them"};
}

bool Cluster::connected() const {
  return natsConnection_Status(connection_.get()) == NATS_CONN_STATUS_CONNECTED;
}

std::string Cluster::stream(const std::string& what) const {
  std::string name = options_.site + "_" + what;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}
std::string Cluster::subject(const std::string& what) const {
  return options_.site + "." + what;
}
std::string Cluster::bucket(const std::string& what) const {
  return options_.site + "_" + what;
}

Outcome Cluster::call_once(const Call& call, milliseconds wait) const {
  jsOptions limits;
  jsOptions_Init(&limits);
  limits.Wait = std::max<std::int64_t>(1, wait.count());
  Outcome outcome;
  outcome.status = call(&limits, &outcome.code);
  if (!outcome.ok()) {
    const char* text = nats_GetLastError(nullptr);
    outcome.text = text != nullptr && *text != '\0' ? text : natsStatus_GetText(outcome.status);
  }
  return outcome;
}

Cluster::Time Cluster::give_up_at(Time now) const {
  const std::lock_guard lock(mutex_);
  if (failing_ && now - *last_failed_ < kOutage) return std::min(*failing_, now) + options_.patience;
  return now + options_.patience;
}

void Cluster::note(bool answered, Time begun) const {
  const Time now = Clock::now();
  const std::lock_guard lock(mutex_);
  if (answered) {
    failing_.reset();
  } else {
    if (!failing_ || now - *last_failed_ >= kOutage) failing_ = begun;
    last_failed_ = now;
  }
}

Outcome Cluster::call_with_retries(const Call& call) const {
  const auto begun = Clock::now();
  const auto deadline = give_up_at(begun);
  milliseconds pause{20};
  bool repeated = false;
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    Outcome outcome = call_once(call, std::clamp(left, milliseconds(200), kTry));
    outcome.repeated = repeated;
    const bool answered = outcome.ok() || !is_passing(outcome.status, outcome.code);
    note(answered, begun);
    if (answered || Clock::now() + pause >= deadline) return outcome;
    repeated = true;
    thread_local std::minstd_rand random{std::random_device{}()};
    std::this_thread::sleep_for(pause + milliseconds(random() % 20));
    pause = std::min(pause * 2, milliseconds(500));
  }
}

Status Cluster::make_stream(jsStreamConfig config) const {
  config.Storage = js_FileStorage;
  config.Replicas = replicas_;
  const std::string name = config.Name;
  const auto exists = [&](jsOptions* limits, jsErrCode* code) {
    jsStreamInfo* info = nullptr;
    const natsStatus status = js_GetStreamInfo(&info, jetstream_.get(), name.c_str(), limits, code);
    const StreamInfoHandle owner(info);
    return status;
  };
  // Usually it does not exist yet, which is no reason to retry.
  if (call_once(exists, kTry).ok()) return ok_status();
  const Outcome made = call_with_retries([&](jsOptions* limits, jsErrCode* code) {
    jsStreamInfo* info = nullptr;
    natsStatus status = js_AddStream(&info, jetstream_.get(), &config, limits, code);
    const StreamInfoHandle owner(info);
    if (status != NATS_OK &&
        *code == JSStreamNameExistErr) {  // another process was faster, perhaps with other limits
      *code = {};
      status = exists(limits, code);
    }
    return status;
  });
  if (made.ok()) return ok_status();
  if (made.code == JSClusterNoPeersErr || made.code == JSStreamReplicasNotSupportedErr ||
      made.code == JSInsufficientResourcesErr) {
    return Error{
        ErrorCode::unsupported,
        "the NATS servers cannot keep " + std::to_string(replicas_) + " copies of what they are given (" +
            made.text +
            "): start as many servers in one cluster, with room for JetStream, or ask for 1 replica"};
  }
  return error(made, "make the stream " + name);
}

Error Cluster::error(const Outcome& outcome, const std::string& doing) const {
  if (outcome.status == NATS_MAX_PAYLOAD || outcome.code == JSStreamMessageExceedsMaximumErr) {
    return {ErrorCode::too_large,
            "the NATS servers accept messages of at most " + std::to_string(max_message()) +
                " bytes: raise max_payload in the configuration of each of them to " + doing};
  }
  return {ErrorCode::io, "the cluster could not " + doing + " (" + outcome.text +
                             "): do most of the NATS servers run, with room on their disks?"};
}

}  // namespace terpsi::native
