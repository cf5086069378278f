#pragma once
// One client's connection, with the bounds that httplib does not set: bytes and time of a request's head, its
// body and its answer. A client that is slow or sends too much loses its connection, at no cost to others.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "native/http/http.h"

namespace terpsi::native {

struct ConnectionLimits {
  std::chrono::seconds head{10};        // from a request's first byte to the end of its head
  std::chrono::seconds body{120};       // for the whole body
  std::chrono::seconds answer{20};      // for every kAnswerStretch bytes of the answer
  std::chrono::seconds keep_alive{15};  // between requests
};

class Connection final : public httplib::Stream {
 public:
  // `stop`: a descriptor that becomes readable when the server ends, which ends waiting for requests.
  Connection(int socket, int stop, const ConnectionLimits& limits);

  // Waits for the first byte of a request; false: none came, or the server ends. `timeout` <= keep_alive.
  bool wait(std::chrono::milliseconds timeout);
  void begin_head();                       // applies the bounds of a head from now on
  void begin_body(std::size_t max_bytes);  // applies those of a body
  bool flush();                            // sends what was written; false: the client is gone or too slow

  bool too_large() const { return too_large_; }  // the head exceeded its bound
  bool failed() const { return failed_; }        // nothing more can be read or sent
  void close_after() { close_ = true; }          // accepts no further request
  bool closes() const { return close_ || failed_ || too_large_; }

  // Closes the sending side, then discards what the client still sends for half a second, and the rest of a
  // refused body for up to five, so that the client gets to see the answer.
  void linger();

  bool is_readable() const override;
  bool is_writable() const override;  // false also when the client has hung up
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wait_for(short events, Clock::time_point until) const;

  static constexpr std::size_t kAnswerStretch = 256u << 10;

  const int socket_, stop_;
  const ConnectionLimits limits_;
  std::array<char, 16384> in_{};
  std::size_t in_at_ = 0, in_size_ = 0;
  std::string out_;
  std::size_t budget_ = 0;  // bytes that may still be read
  Clock::time_point read_until_;
  char last_ = 0;  // byte of the head
  bool head_ = true, too_large_ = false, failed_ = false, close_ = false;
};

// The connection that this thread serves; null elsewhere.
Connection* current_connection();

// httplib's server with Connections and a thread for each.
class ConnectionServer final : public httplib::Server {
 public:
  ConnectionServer(int max_connections, const ConnectionLimits& limits);
  ~ConnectionServer() override;

  void stop_serving();  // from any thread: idle connections end, busy ones after their answer
  bool stopping() const { return stopping_; }
  int connections() const { return connections_; }

 private:
  bool process_and_close_socket(socket_t socket) override;

  const int max_connections_;
  const ConnectionLimits limits_;
  int stop_event_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
};

}  // namespace terpsi::native
