// `terpsi serve` as a process: it says where it is, refuses a taken port, and leaves cleanly.

#include <doctest/doctest.h>
#include <httplib.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "native/cli/run.h"
#include "native/temp_folder.h"
#include "source_path.h"

using namespace terpsi;

namespace {

struct Server {
  pid_t process = 0;
  std::string line;  // the first it prints

  explicit Server(const std::string& web, const std::string& models = {}) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    std::vector<std::string> words = {terpsi::project::executable_path(),
                                      "serve",
                                      "--port",
                                      "0",
                                      "--web",
                                      web,
                                      "--no-renders",
                                      "--no-dances",
                                      "--log-level",
                                      "off"};
    if (!models.empty()) words.insert(words.end(), {"--models", models});
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    REQUIRE(posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    for (char c = 0; read(ends[0], &c, 1) == 1 && c != '\n';) line += c;
    close(ends[0]);
  }

  int port() const {
    const auto at = line.find("http://127.0.0.1:");
    REQUIRE(at != std::string::npos);
    return std::stoi(line.substr(at + 17));
  }

  // Exit code after this signal, -1 when it was killed by it.
  int stop(int signal_number) const {
    kill(process, signal_number);
    int status = 0;
    waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

}  // namespace

TEST_CASE(
    "serve: prints its address, refuses a taken port, ends with code 0 on Ctrl-C and on a polite kill") {
  const test::TempFolder folder;
  folder.write("index.html", "page");
  for (const int signal_number : {SIGINT, SIGTERM}) {
    const Server server(folder.path(), folder.path());
    const int port = server.port();
    const auto second =
        test::run_terpsi("serve --port " + std::to_string(port) + " --web '" + folder.path() + "'");
    CHECK(second.exit_code == 5);
    CHECK(second.output.find("taken") != std::string::npos);
    CHECK(server.stop(signal_number) == 0);
  }
}

TEST_CASE("serve: the models of the page itself, unless others are asked for") {
  const test::TempFolder page, others;
  page.write("index.html", "page");
  page.write("models/manifest.json", "the page's");
  others.write("manifest.json", "others");
  const auto manifest = [](const Server& server) {
    const auto found = httplib::Client("127.0.0.1", server.port()).Get("/models/manifest.json");
    server.stop(SIGTERM);
    REQUIRE(found);
    return found->body;
  };
  CHECK(manifest(Server(page.path())) == "the page's");
  CHECK(manifest(Server(page.path(), others.path())) == "others");
}

TEST_CASE("serve: without a page it says how to get one") {
  const auto ran = test::run_terpsi("serve --port 0 --web /no/such/folder");
  CHECK(ran.exit_code == 3);
  CHECK(ran.output.find("tools/run.sh") != std::string::npos);
}
