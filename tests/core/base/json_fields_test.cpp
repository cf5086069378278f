#include "base/json_fields.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace terpsi;

TEST_CASE("parse_json: bounded depth, whole documents, UTF-8") {
  CHECK(parse_json("[[1]]", 2));
  CHECK_FALSE(parse_json("[[1]]", 1));
  CHECK_FALSE(parse_json(R"({"a":{"b":1}})", 1));
  for (const char* text : {"", "{", "[1] 2", "nul", "\"\xff\""}) CHECK_FALSE(parse_json(text, 4));
}

TEST_CASE("fields are read within their bounds") {
  const Json json = Json::parse(R"({"s":"ab","n":1.5,"i":3,"list":[1,2],"version":2})");
  Problem problem;
  const Fields f(json, "thing", problem);
  CHECK(f.text("s") == "ab");
  CHECK(f.number("n", 0, 2) == 1.5);
  CHECK(f.number_or("missing", 0, 2, 0.25) == 0.25);
  CHECK(f.integer("i", 0, 3) == 3);
  CHECK(f.numbers("list", 2, 2, 0, 2) == std::vector<float>{1, 2});
  CHECK(f.array("list", 0, 2).size() == 2);
  CHECK(f.find("missing") == nullptr);
  CHECK(f.path("list", 1) == "thing.list[1]");
  f.version("version", 2);
  CHECK_FALSE(problem.found);
}

TEST_CASE("the first problem is kept, with its place, and harmless values follow") {
  const auto message_of = [](auto&& read) {
    const Json json = Json::parse(R"({"s":"","n":"x","i":1.5,"list":[1,"x"],"version":3,"big":9})");
    Problem problem{"file: ", "; mend it"};
    const Fields f(json, "thing", problem);
    read(f);
    f.fail("later", "is not kept");
    CHECK(problem.found);
    return problem.error.message;
  };
  CHECK(message_of([](const Fields& f) { CHECK(f.text("s").empty()); }) ==
        "file: thing.s is empty or too long; mend it");
  CHECK(message_of([](const Fields& f) { CHECK(f.number("n", -1, 2) == -1); }) ==
        "file: thing.n must be a number; mend it");
  CHECK(message_of([](const Fields& f) { CHECK(f.number("big", 0, 2) == 0); }) ==
        "file: thing.big is out of range; mend it");
  CHECK(message_of([](const Fields& f) { CHECK(f.integer("i", 0, 2) == 0); }) ==
        "file: thing.i must be a whole number; mend it");
  CHECK(message_of([](const Fields& f) { CHECK(f.array("list", 3, 4).empty()); }) ==
        "file: thing.list has the wrong length; mend it");
  CHECK(message_of([](const Fields& f) { f.numbers("list", 0, 4, 0, 2); }) ==
        "file: thing.list holds a value that is not a number in range; mend it");
  CHECK(message_of([](const Fields& f) { f.version("version", 2); }) ==
        "file: thing.version is 3, this program reads 2; mend it");
  CHECK(message_of([](const Fields& f) { CHECK(f.text("missing").empty()); }) ==
        "file: thing.missing must be a string; mend it");
  Problem problem;
  const Json list = Json::array();
  CHECK(Fields(list, "thing", problem).find("a") == nullptr);
  CHECK(problem.error.message == "thing must be an object");
}
