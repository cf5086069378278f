#pragma once
// A real cluster of NATS servers with JetStream on the loopback interface, in a folder of its own; both end with the
// object.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "native/cluster/cluster.h"
#include "native/cluster/connection.h"
#include "native/temp_folder.h"

namespace terpsi::test {

inline std::string nats_server() {
  for (const char* path : {"/usr/bin/nats-server", "/usr/sbin/nats-server", "/usr/local/bin/nats-server"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return {};
}

// A test case begins with this; without nats-server it is skipped.
#define TERPSI_NEEDS_NATS()                                                                \
  if (terpsi::test::nats_server().empty()) {                                               \
    MESSAGE("SKIPPED: nats-server is not installed (tools/setup.sh --tests installs it)"); \
    return;                                                                                \
  }

struct NatsOptions {
  int nodes = 3;
  bool jetstream = true;
  std::string max_payload = "8MB";
  std::string user = {};  // "name:password"; empty: anybody may connect
};

class NatsCluster {
 public:
  explicit NatsCluster(const NatsOptions& options = {})
      : options_(options), nodes_(static_cast<std::size_t>(options.nodes)) {
    std::vector<int> held;  // until all are chosen, so that they differ
    for (Node& node : nodes_) {
      node.port = free_port(held);
      node.route = free_port(held);
    }
    for (const int socket : held) close(socket);
    for (std::size_t i = 0; i < nodes_.size(); ++i) start(i);
  }
  NatsCluster(const NatsCluster&) = delete;
  ~NatsCluster() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) kill_node(i);
  }

  std::size_t size() const { return nodes_.size(); }

  std::string urls() const {
    std::string urls;
    for (const Node& node : nodes_) {
      urls += urls.empty() ? "nats://" + (options_.user.empty() ? "" : options_.user + "@") : ",";
      urls += "127.0.0.1:" + std::to_string(node.port);
    }
    return urls;
  }
  std::string url(std::size_t i) const { return "nats://127.0.0.1:" + std::to_string(nodes_[i].port); }

  // kill -9.
  void kill_node(std::size_t i) {
    if (nodes_[i].process <= 0) return;
    kill(nodes_[i].process, SIGKILL);
    waitpid(nodes_[i].process, nullptr, 0);
    nodes_[i].process = 0;
  }

  // With the files it left.
  void start(std::size_t i) {
    Node& node = nodes_[i];
    const std::string name = "n" + std::to_string(i + 1);
    std::string text = "server_name: " + name + "\nhost: 127.0.0.1\nport: " + std::to_string(node.port) +
                       "\nmax_payload: " + options_.max_payload + "\n";
    if (options_.jetstream) {
      text += "jetstream { store_dir: \"" + (folder_ / name) + "\", max_mem: 64MB, max_file: 2GB }\n";
    }
    if (!options_.user.empty()) {
      const std::size_t colon = options_.user.find(':');
      text += "authorization { user: " + options_.user.substr(0, colon) +
              ", password: " + options_.user.substr(colon + 1) + " }\n";
    }
    if (nodes_.size() > 1) {
      text += "cluster { name: test, listen: \"127.0.0.1:" + std::to_string(node.route) + "\", routes: [";
      for (const Node& other : nodes_) text += " \"nats://127.0.0.1:" + std::to_string(other.route) + "\",";
      text += " ] }\n";
    }
    const std::string config = folder_.write(name + ".conf", text), log = folder_ / (name + ".log");
    const std::string server = nats_server();
    const pid_t parent = getpid();
    node.process = fork();
    if (node.process == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(1);
      const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      dup2(out, 1);
      dup2(out, 2);
      for (int file = 3; file < 256; ++file) close(file);
      execl(server.c_str(), server.c_str(), "-c", config.c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
  }

  // For tests: workers are dead sooner.
  native::ClusterOptions site(const std::string& name) const {
    native::ClusterOptions options;
    options.urls = urls();
    options.site = name;
    options.worker_silence = std::chrono::milliseconds(1000);
    options.patience = std::chrono::milliseconds(30000);
    return options;
  }

  // Until JetStream has a leader and the servers know each other. False when they do not get so far in 20 s.
  bool wait() const {
    if (!options_.jetstream) return true;
    native::ClusterOptions options = site("waiting");
    options.patience = std::chrono::milliseconds(20000);
    const auto cluster = native::Cluster::connect(options);
    if (!cluster) return false;
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    const char* subject = "waiting";
    config.Name = "WAITING";
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    return (*cluster)->make_stream(config).ok();
  }

  std::string log(std::size_t i) const {
    std::ifstream file(folder_ / ("n" + std::to_string(i + 1) + ".log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  struct Node {
    int port = 0, route = 0;
    pid_t process = 0;
  };

  static int free_port(std::vector<int>& held) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    held.push_back(socket);
    return ntohs(address.sin_port);
  }

  const NatsOptions options_;
  TempFolder folder_;
  std::vector<Node> nodes_;
};

// Three servers for all test cases of a file that need no others; they end with the program. Test cases take
// sites of their own.
inline NatsCluster& shared_cluster() {
  static NatsCluster cluster;
  static const bool ready = cluster.wait();
  if (!ready) {
    std::fprintf(stderr, "the NATS cluster did not start:\n%s\n", cluster.log(0).c_str());
    std::abort();
  }
  return cluster;
}

}  // namespace terpsi::test
