// Reads arbitrary bytes as what a client sends over its connection: request line, headers, form parts. The
// parser is httplib's; forms are read as the server reads them.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "native/decode/sniff.h"
#include "native/io/id.h"
#include "native/server/share_page.h"
// Last: httplib brings <resolv.h>, whose macro _res Eigen stumbles over.
#include "native/http/http.h"
#include "native/http/upload.h"

namespace {

using namespace terpsi::native;

void check(bool good) {
  if (!good) std::abort();
}

// A connection that brings the input and swallows the answer.
class Wire final : public httplib::Stream {
 public:
  explicit Wire(std::string_view input) : input_(input) {}
  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t count = std::min(size, input_.size());
    input_.copy(to, count);
    input_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    answer.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip = "127.0.0.1", port = 1; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip = "127.0.0.1", port = 2; }
  socket_t socket() const override { return -1; }

  std::string answer;

 private:
  std::string_view input_;
};

class Site final : public httplib::Server {
 public:
  Site() {
    set_payload_max_length(1u << 20);
    const auto id_of = [](const HttpRequest& request) { check(is_id(request.matches[1].str())); };
    Get(R"(/d/([A-Za-z0-9_-]{22}))", [id_of](const HttpRequest& request, HttpResponse& response) {
      id_of(request);
      response.set_content("dance", "text/html");
    });
    Get("/oembed", [](const HttpRequest& request, HttpResponse& response) {
      const auto id = dance_id_of_url(request.get_param_value("url"), "https://dance.example.org");
      check(!id || is_id(*id));
      response.status = id ? 200 : 404;
    });
    Post("/api/v1/renders",
         [](const HttpRequest& request, HttpResponse& response, const httplib::ContentReader& body) {
           if (!request.is_multipart_form_data()) {
             const auto text = read_body(request, body, 4096);
             check(!text || text->size() <= 4096);
             response.status = text ? 202 : 400;
             return;
           }
           const auto form = read_song_form(request, body);
           response.status = form ? 202 : 400;
           if (!form) return check(form.error().message.size() > 20);
           std::array<std::uint8_t, 4096> head;
           const ssize_t got = ::pread(*form->song, head.data(), head.size(), 0);
           check(got >= 0 && static_cast<std::size_t>(got) == std::min(form->song_bytes, head.size()));
           const auto status = check_song_head(std::span(head).first(static_cast<std::size_t>(got)));
           check(status || status.error().message.size() > 20);
         });
  }

  bool answer(httplib::Stream& wire) {
    bool closed = false;
    return process_request(wire, "127.0.0.1", 1, "127.0.0.1", 2, false, closed, nullptr);
  }

 private:
  bool process_and_close_socket(socket_t) override { return false; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Site site;
  Wire wire({reinterpret_cast<const char*>(data), size});
  for (int requests = 0; requests < 4 && site.answer(wire); ++requests) {
  }
  check(wire.answer.empty() || wire.answer.starts_with("HTTP/1.1 "));
  return 0;
}
