#include "native/queue/render_request.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "native/networks/models.h"
#include "native/queue/some_request.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {

void refused(const std::string& text, const std::string& word) {
  const auto request = render_request_from_json(text);
  CAPTURE(text.substr(0, 80));
  REQUIRE(!request);
  CHECK_MESSAGE(request.error().message.find(word) != std::string::npos, request.error().message);
}

}  // namespace

TEST_CASE("render request: garbage is refused with a reason") {
  refused("", "JSON");
  refused("{", "JSON");
  refused("[]", "JSON");
  refused("{}", "music");
  refused(R"({"music":{},"title":"\ud800"})", "JSON");
  refused(std::string(40, '[') + std::string(40, ']'), "JSON");
  refused(R"({"music":null})", "music");
  refused(test::some_request(R"("stile":"house")"), "openapi");
  refused(test::some_request(R"("seed":-1)"), "seed");
  refused(test::some_request(R"("seed":1.5)"), "seed");
  refused(test::some_request(R"("seed":"18446744073709551616")"), "seed");
  refused(test::some_request(R"("energy":1e300)"), "energy");
  refused(test::some_request(R"("energy":"1")"), "energy");
  refused(test::some_request(R"("candidates":9)"), "candidates");
  refused(test::some_request(R"("steps":65)"), "steps");
  refused(test::some_request(R"("guidance":-1)"), "guidance");
  refused(test::some_request(R"("opening":1)"), "opening");
  refused(test::some_request("\"title\":\"a\\u202eb\""), "title");
  refused(test::some_request(R"("section_styles":"=")"), "");
  refused(test::some_request(R"("constraints":{"x":1})"), "terpsi_constraints");
  refused(std::string(limits::kMaxRenderRequestBytes + 1, ' '), "larger");
}

TEST_CASE("render request: what is given is kept, the rest has defaults") {
  const auto plain = render_request_from_json(test::some_request());
  REQUIRE(plain);
  CHECK(plain->model.empty());
  CHECK(plain->options.dance.style == "auto");
  CHECK(plain->options.dance.seed == 1);
  CHECK(plain->options.candidates == 1);
  CHECK(plain->music.frames == 120);
  const auto full = render_request_from_json(test::some_request(
      R"("model":"student","title":"T","style":"house","seed":"18446744073709551615","energy":0.25,)"
      R"("variation":1,"section_styles":"A=salsa","steps":4,"guidance":2,"candidates":3,"opening":false)"));
  REQUIRE(full);
  CHECK(full->model == "student");
  CHECK(full->title == "T");
  CHECK(full->options.dance.seed == ~std::uint64_t{0});
  CHECK(full->options.dance.energy == 0.25f);
  CHECK(full->options.dance.section_styles.size() == 1);
  CHECK(full->options.steps == 4);
  CHECK(full->options.guidance == 2.f);
  CHECK(full->options.candidates == 3);
  CHECK(!full->options.dance.opening);
}

TEST_CASE("render request: dances of constraints come along as base64") {
  const std::string constraints =
      R"("constraints":{"terpsi_constraints":1,"keep":[{"dance":"a","from":0,"to":1,"part":"legs"}]})";
  refused(test::some_request(constraints), "dances");
  refused(test::some_request(constraints + R"(,"dances":{"a":"!!!!"})"), "base64");
  refused(test::some_request(constraints + R"(,"dances":{"a":"AAAA"})"), "dance");
}

TEST_CASE("render request: the model is asked what it can do") {
  const auto manifest = open_models(terpsi::project::source_path("models")).generators;
  REQUIRE(manifest);
  const auto check = [&](const std::string& more, const char* model) {
    const auto request = render_request_from_json(test::some_request(more));
    REQUIRE(request);
    return check_render_request(*request, *manifest->find(model));
  };
  CHECK(check("", "student"));
  CHECK(check(R"("style":"house")", "teacher"));
  CHECK(!check(R"("style":"no such style")", "teacher"));
  CHECK(!check(R"("section_styles":"Z=house")", "teacher"));
  CHECK(!check(R"("steps":4)", "gan"));
}
