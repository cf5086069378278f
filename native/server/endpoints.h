#pragma once
// What the server answers: one table row for each endpoint, next to its handler. openapi.yaml says what clients
// are promised.

#include <span>
#include <string>
#include <string_view>

#include "native/server/site.h"

namespace terpsi::native {

inline constexpr std::string_view kApi = "/api/v1/";

struct Endpoint {
  std::string_view method;  // GET (also answers HEAD), POST or DELETE
  // Begins with a slash; a segment "*" matches any one segment, which becomes Call::name.
  std::string_view path;
  Route route;
  void (*answer)(Call& call);
};

std::span<const Endpoint> dance_endpoints();   // dances_api.cpp: shared dances and the pages that show them
std::span<const Endpoint> render_endpoints();  // renders_api.cpp: dances made on the server
std::span<const Endpoint> operation_endpoints();  // operations_api.cpp: health, metrics, models, this API

// The row for a request, and its "*" in `name`; null when there is none.
const Endpoint* find_endpoint(std::string_view method, std::string_view path, std::string& name);

}  // namespace terpsi::native
