#pragma once
// Answers of the API: JSON, and errors with a code for programs and a sentence for people.

#include <string>
#include <string_view>

#include "base/result.h"
#include "native/http/http.h"

namespace terpsi::native {

void answer_json(HttpResponse& response, int status, std::string json);

// {"error":{"code":"too_large","message":"..."}}
void answer_error(HttpResponse& response, int status, std::string_view code, std::string_view message);

// The same for an Error, with the status of its code: 400, 403, 404, 413, 422, 500, 503 or 507.
void answer_error(HttpResponse& response, const Error& error);

// As the first, and closes the connection afterwards: for requests whose body is not read.
void refuse(HttpResponse& response, int status, std::string_view code, std::string_view message);

}  // namespace terpsi::native
