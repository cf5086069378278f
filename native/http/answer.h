#pragma once
// Answers of the API: JSON, and errors that a program can tell apart and a person can read.

#include <string>
#include <string_view>

#include "base/result.h"
#include "native/http/http.h"

namespace terpsi::native {

void answer_json(HttpResponse& response, int status, std::string json);

// {"error":{"code":"too_large","message":"..."}}
void answer_error(HttpResponse& response, int status, std::string_view code, std::string_view message);

// The same of an Error: 400, 403, 404, 413, 422, 429, 500, 503 or 507 by its code.
void answer_error(HttpResponse& response, const Error& error);

// As above, and the connection is closed afterwards: for requests whose body is left unread.
void refuse(HttpResponse& response, int status, std::string_view code, std::string_view message);

}  // namespace terpsi::native
