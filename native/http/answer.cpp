#include "native/http/answer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "native/http/connection.h"
#include "native/http/log.h"

namespace terpsi::native {
namespace {

struct Kind {
  ErrorCode error;
  int status;
  const char* code;
};
constexpr std::array<Kind, 11> kKinds = {{{ErrorCode::internal, 500, "internal"},
                                          {ErrorCode::invalid_argument, 400, "invalid_argument"},
                                          {ErrorCode::bad_format, 400, "bad_format"},
                                          {ErrorCode::denied, 403, "denied"},
                                          {ErrorCode::not_found, 404, "not_found"},
                                          {ErrorCode::too_large, 413, "too_large"},
                                          {ErrorCode::empty, 422, "empty"},
                                          {ErrorCode::unsupported, 422, "unsupported"},
                                          {ErrorCode::busy, 503, "busy"},
                                          {ErrorCode::cancelled, 503, "cancelled"},
                                          {ErrorCode::io, 507, "storage"}}};

Kind kind_of(const Error& error) {
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.error == error.code; });
  return found == kKinds.end() ? kKinds.front() : *found;
}

}  // namespace

void answer_json(HttpResponse& response, int status, std::string json) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  json += '\n';
  response.set_content(std::move(json), "application/json");
}

void answer_error(HttpResponse& response, int status, std::string_view code, std::string_view message) {
  const nlohmann::ordered_json json = {{"error", {{"code", code}, {"message", message}}}};
  answer_json(response, status, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void answer_error(HttpResponse& response, const Error& error) {
  const Kind kind = kind_of(error);
  if (kind.status == 503) response.set_header("Retry-After", "5");
  if (error.code == ErrorCode::io) {  // names files of this machine, which clients need not know
    log(LogLevel::warning, "storage", {{"why", error.message}});
    return answer_error(response, kind.status, kind.code,
                        "the disk of the server is full or cannot be used; try again later");
  }
  answer_error(response, kind.status, kind.code, error.message);
}

void refuse(HttpResponse& response, int status, std::string_view code, std::string_view message) {
  if (Connection* connection = current_connection()) connection->close_after();
  answer_error(response, status, code, message);
}

}  // namespace terpsi::native
