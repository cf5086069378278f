#include "base/text_scanner.h"

#include <doctest/doctest.h>

#include <string>

using namespace terpsi;

TEST_CASE("what is not a number is refused and leaves the value alone") {
  double value = 7;
  for (const char* text : {"", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "1,5", "nan", "inf",
                           "1e999", "--1", "1 ", "12a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text, value));
  }
  CHECK_FALSE(parse_number(std::string(65, '1'), value));
  CHECK(value == 7);
}

TEST_CASE("numbers of every usual form") {
  const auto number = [](const char* text) {
    double v = -1;
    REQUIRE(parse_number(text, v));
    return v;
  };
  CHECK(number("0") == 0);
  CHECK(number("-0.5") == -0.5);
  CHECK(number("+3") == 3);
  CHECK(number(".25") == 0.25);
  CHECK(number("4.") == 4);
  CHECK(number("1.5e3") == 1500);
  CHECK(number("2E-3") == 0.002);
  CHECK(number("0.1") == 0.1);
  CHECK(number("123456.789") == 123456.789);
  CHECK(number("0.00000000000000000000000000001") == doctest::Approx(1e-29));
  CHECK(number("12345678901234567890123") == doctest::Approx(12345678901234567890123.0));
  CHECK(number("1e-400") == 0);
}

TEST_CASE("words, lines and line numbers") {
  TextScanner in("  one\ttwo\r\nthree four  \n\n5 x");
  CHECK(in.word() == "one");
  CHECK(in.line() == 1);
  CHECK(in.word() == "two");
  CHECK(in.word() == "three");
  CHECK(in.line() == 2);
  CHECK(in.rest_of_line() == "four");
  double v = 0;
  CHECK(in.number(v));
  CHECK(v == 5);
  CHECK(in.line() == 4);
  CHECK_FALSE(in.number(v));
  CHECK(in.word().empty());
  CHECK(in.rest_of_line().empty());
}
