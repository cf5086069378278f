#include "native/server/endpoints.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>

#include "source_path.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {

std::string found(std::string_view method, std::string_view path) {
  std::string name;
  const Endpoint* endpoint = find_endpoint(method, path, name);
  return endpoint == nullptr ? "none" : std::string(endpoint->path) + " " + name;
}

}  // namespace

TEST_CASE("endpoints: unknown addresses have no row") {
  for (const char* path :
       {"", "/", "*", "//", "/api/v1", "/api/v1/", "/api/v1/dances/x/", "/api/v1//dances/x", "/api/v2/models",
        "/api/v1/dances/x/meta/y", "/api/v1/renders", "/healthz/", "/d", "/d/x/y", "/embed/x/poster.png"}) {
    CAPTURE(path);
    CHECK(found("GET", path) == "none");
  }
  CHECK(found("DELETE", "/api/v1/dances") == "none");
  CHECK(found("POST", "/api/v1/dances/x") == "none");
  CHECK(found("PUT", "/api/v1/dances/x") == "none");
}

TEST_CASE("endpoints: one segment is the name, also an empty one") {
  CHECK(found("GET", "/api/v1/dances/abc.glb") == "/api/v1/dances/* abc.glb");
  CHECK(found("GET", "/api/v1/renders/abc/events") == "/api/v1/renders/*/events abc");
  CHECK(found("DELETE", "/api/v1/renders/") == "/api/v1/renders/* ");
  CHECK(found("GET", "/d/abc/poster.png") == "/d/*/poster.png abc");
  CHECK(found("GET", "/metrics") == "/metrics ");
}

TEST_CASE("endpoints: the table and openapi.yaml name the same operations") {
  std::set<std::string> documented, served;
  std::ifstream yaml(terpsi::project::source_path("native/server/openapi.yaml"));
  std::string path;
  bool paths = false;
  for (std::string line; std::getline(yaml, line);) {
    if (!line.empty() && line.front() != ' ') paths = line == "paths:";
    if (!paths) continue;
    if (line.starts_with("  /")) {
      path = line.substr(2, line.rfind(':') - 2);
      if (const auto brace = path.find('{'); brace != std::string::npos)
        path.replace(brace, path.find('}') - brace + 1, "*");
    }
    for (const std::string method : {"get", "post", "delete"}) {
      if (line == "    " + method + ":") documented.insert(method + " " + path);
    }
  }
  for (const auto rows : {dance_endpoints(), render_endpoints(), operation_endpoints()}) {
    for (const Endpoint& row : rows) {
      std::string method(row.method);
      std::transform(method.begin(), method.end(), method.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      served.insert(method + " " + std::string(row.path));
    }
  }
  CHECK(documented.size() > 10);
  CHECK(documented == served);
}
