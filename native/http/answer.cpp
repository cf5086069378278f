#include "native/http/answer.h"

#include <nlohmann/json.hpp>

#include "native/http/connection.h"
#include "native/http/log.h"

namespace terpsi::native {
namespace {

struct Kind {
  int status;
  const char* code;
};

Kind kind_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return {400, "invalid_argument"};
    case ErrorCode::bad_format:
      return {400, "bad_format"};
    case ErrorCode::too_large:
      return {413, "too_large"};
    case ErrorCode::empty:
      return {422, "empty"};
    case ErrorCode::not_found:
      return {404, "not_found"};
    case ErrorCode::unsupported:
      return {422, "unsupported"};
    case ErrorCode::busy:
      return {503, "busy"};
    case ErrorCode::denied:
      return {403, "denied"};
    case ErrorCode::io:
      return {507, "storage"};
    case ErrorCode::cancelled:
      return {503, "cancelled"};
    case ErrorCode::internal:
      break;
  }
  return {500, "internal"};
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
