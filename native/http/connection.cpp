#include "native/http/connection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/limits.h"
#include "native/http/threads.h"

// process_and_close_socket, process_request and httplib::detail are not httplib's public interface.
static_assert(std::string_view(CPPHTTPLIB_VERSION) == "0.18.7",
              "read what cpp-httplib changed in them before this is raised with tools/setup.sh");

namespace terpsi::native {
namespace {

constexpr std::size_t kCoalesce = 64u << 10;              // bytes of an answer that are sent at once
constexpr auto kLinger = std::chrono::milliseconds(500);  // for a client that is silent
constexpr std::size_t kLingerBytes = 1u << 20;
// For a refused body: most clients send all of it before they read the answer.
constexpr auto kLongLinger = std::chrono::seconds(5);
constexpr std::size_t kLongLingerBytes = 2 * limits::kMaxUploadBytes;

thread_local Connection* connection_of_thread = nullptr;

int milliseconds_until(std::chrono::steady_clock::time_point until) {
  using namespace std::chrono;
  const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3600 * 1000));
}

}  // namespace

Connection* current_connection() {
  return connection_of_thread;
}

Connection::Connection(int socket, int stop, const ConnectionLimits& limits)
    : socket_(socket), stop_(stop), limits_(limits) {}

bool Connection::wait_for(short events, Clock::time_point until) const {
  for (;;) {
    pollfd one{socket_, events, 0};
    const int ready = ::poll(&one, 1, milliseconds_until(until));
    if (ready > 0) return (one.revents & (events | POLLHUP)) != 0;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool Connection::wait(std::chrono::milliseconds timeout) {
  if (in_at_ < in_size_) return true;
  const auto until = Clock::now() + timeout;
  for (;;) {
    pollfd both[2] = {{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
    const int ready = ::poll(both, 2, milliseconds_until(until));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && both[1].revents == 0 && (both[0].revents & POLLIN) != 0;
  }
}

void Connection::begin_head() {
  head_ = true;
  last_ = 0;
  budget_ = limits::kMaxHeaderBytes + limits::kMaxRequestLineBytes;
  read_until_ = Clock::now() + limits_.head;
}

void Connection::begin_body(std::size_t max_bytes) {
  head_ = false;
  budget_ = max_bytes;
  read_until_ = Clock::now() + limits_.body;
}

bool Connection::flush() {
  std::size_t sent = 0;
  auto until = Clock::now() + limits_.answer;
  std::size_t stretch = 0;
  while (sent < out_.size() && !failed_) {
    const ssize_t got = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (got > 0) {
      sent += static_cast<std::size_t>(got);
      stretch += static_cast<std::size_t>(got);
      if (stretch >= kAnswerStretch) {
        stretch = 0;
        until = Clock::now() + limits_.answer;
      }
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(POLLOUT, until)) failed_ = true;
    } else if (errno != EINTR) {
      failed_ = true;
    }
  }
  out_.clear();
  return !failed_;
}

void Connection::linger() {
  flush();
  ::shutdown(socket_, SHUT_WR);
  const bool body = close_ && !too_large_ && !failed_;
  const std::size_t most = body ? kLongLingerBytes : kLingerBytes;
  const auto until = Clock::now() + (body ? Clock::duration(kLongLinger) : Clock::duration(kLinger));
  std::size_t read = 0;
  while (read < most && Clock::now() < until && wait_for(POLLIN, std::min(until, Clock::now() + kLinger))) {
    const ssize_t got = ::recv(socket_, in_.data(), in_.size(), MSG_DONTWAIT);
    if (got <= 0) break;
    read += static_cast<std::size_t>(got);
  }
}

bool Connection::is_readable() const {
  return in_at_ < in_size_ || wait_for(POLLIN, read_until_);
}

bool Connection::is_writable() const {
  if (failed_) return false;
  pollfd one{socket_, POLLRDHUP, 0};
  return ::poll(&one, 1, 0) == 0 || (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

ssize_t Connection::read(char* to, size_t size) {
  if (failed_) return -1;
  if (budget_ == 0) {
    if (head_) too_large_ = true;
    return -1;
  }
  if (in_at_ == in_size_) {
    if (Clock::now() > read_until_) {
      close_ = true;
      return -1;
    }
    for (;;) {
      const ssize_t got = ::recv(socket_, in_.data(), in_.size(), MSG_DONTWAIT);
      if (got > 0) {
        in_at_ = 0;
        in_size_ = static_cast<std::size_t>(got);
        break;
      }
      if (got == 0) return 0;
      if (errno == EINTR) continue;
      if ((errno != EAGAIN && errno != EWOULDBLOCK) || !wait_for(POLLIN, read_until_)) {
        failed_ = errno != EAGAIN && errno != EWOULDBLOCK;
        close_ = true;
        return -1;
      }
    }
  }
  const std::size_t count = std::min({size, in_size_ - in_at_, budget_});
  std::memcpy(to, in_.data() + in_at_, count);
  if (head_) {
    for (std::size_t i = 0; i < count; ++i) {
      if (to[i] == '\n' && last_ != '\r') {  // a bare LF: parsers disagree about where the line ends
        close_ = true;
        return -1;
      }
      last_ = to[i];
    }
  }
  in_at_ += count;
  budget_ -= count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* from, size_t size) {
  if (failed_) return -1;
  out_.append(from, size);
  if (out_.size() >= kCoalesce && !flush()) return -1;
  return static_cast<ssize_t>(size);
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  httplib::detail::get_remote_ip_and_port(socket_, ip, port);
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  httplib::detail::get_local_ip_and_port(socket_, ip, port);
}

ConnectionServer::ConnectionServer(int max_connections, const ConnectionLimits& limits)
    : max_connections_(max_connections), limits_(limits), stop_event_(::eventfd(0, EFD_CLOEXEC)) {
  new_task_queue = [this] { return new ConnectionThreads(static_cast<std::size_t>(max_connections_)); };
}

ConnectionServer::~ConnectionServer() {
  if (stop_event_ >= 0) ::close(stop_event_);
}

void ConnectionServer::stop_serving() {
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_event_, &one, sizeof one);
  wait_until_ready();
  stop();
}

bool ConnectionServer::process_and_close_socket(socket_t socket) {
  const int open = ++connections_;
  Connection connection(socket, stop_event_, limits_);
  connection_of_thread = &connection;
  std::string remote, local;
  int remote_port = 0, local_port = 0;
  connection.get_remote_ip_and_port(remote, remote_port);
  connection.get_local_ip_and_port(local, local_port);
  // When connections run short, idle ones are closed first.
  const bool scarce = open > max_connections_ * 3 / 4;
  const auto timeout =
      scarce ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(limits_.keep_alive);
  bool ok = true, closed = false;
  while (ok && !closed && !connection.closes() && connection.wait(timeout)) {
    connection.begin_head();
    ok = process_request(connection, remote, remote_port, local, local_port, stopping_, closed, nullptr);
    ok = connection.flush() && ok;
    closed = closed || stopping_;
  }
  connection.linger();
  connection_of_thread = nullptr;
  httplib::detail::close_socket(socket);
  --connections_;
  return ok;
}

}  // namespace terpsi::native
