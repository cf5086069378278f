#include "generate/plan/section_styles.h"

#include <doctest/doctest.h>

#include <cmath>

#include "core/generate/fixture.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

namespace {

// "0:slow 16:fast": what is danced when.
std::string spans(const char* wishes, double duration = 64) {
  const ModelInfo model = test::small_model();
  const auto parsed = parse_section_styles(wishes);
  REQUIRE(parsed.ok());
  const auto result = style_spans(*parsed, song_shape(test::small_song(duration)), duration, model, 0);
  if (!result) return result.error().message;
  std::string out;
  for (const StyleSpan& span : *result) {
    if (!out.empty()) out += ' ';
    out += std::to_string(static_cast<int>(std::lround(span.start))) + ":" +
           model.styles[static_cast<std::size_t>(span.style)].name;
  }
  return out;
}

}  // namespace

TEST_CASE("section styles: what is not understood is said") {
  for (const char* bad : {"house", "=house", "A=", "A=house,,B", "AB=house", "A0=house", "7-3=house",
                          "-3=house", "1:2:3-9=house", "0=house", "3-=house", "x-y=house", "end-7=house",
                          "4..5-9=house", "99999999=house", ",", "\xff=house", "1e3-2e3=house"}) {
    const auto parsed = parse_section_styles(bad);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == ErrorCode::invalid_argument);
    CHECK(parsed.error().message.find("intro=hiphop") != std::string::npos);
  }
  std::string many;
  for (int i = 0; i < 70; ++i) many += "A=house,";
  CHECK(parse_section_styles(many).error().code == ErrorCode::too_large);
  CHECK(parse_section_styles("").value().empty());
  CHECK(parse_section_styles("  ").value().empty());
}

TEST_CASE("section styles: places of a song A B A B") {
  CHECK(spans("") == "0:slow");
  CHECK(spans("B=fast") == "0:slow 16:fast 32:slow 48:fast");
  CHECK(spans("b2=fast") == "0:slow 48:fast");
  CHECK(spans(" intro = fast , outro=fast") == "0:fast 16:slow 48:fast");
  CHECK(spans("chorus=fast") == "0:slow 16:fast 32:slow 48:fast");  // B is louder
  CHECK(spans("3=fast") == "0:slow 32:fast 48:slow");
  CHECK(spans("20-0:30.5=fast") == "0:slow 20:fast 31:slow");
  CHECK(spans("0:40-end=fast") == "0:slow 40:fast");
  CHECK(spans("A=fast,B=fast") == "0:fast");
  CHECK(spans("B=fast,B2=slow") == "0:slow 16:fast 32:slow");  // the later wins
  CHECK(spans("B=fast,B2=auto") == "0:slow 16:fast 32:slow");
}

TEST_CASE("section styles: unknown styles and places this song does not have") {
  CHECK(spans("B=polka").find("slow, fast") != std::string::npos);
  CHECK(spans("C=fast").find("no section C; it has 4 sections of these kinds: A (2 times), B (2 times)") !=
        std::string::npos);
  CHECK(spans("A3=fast").find("no section A3") != std::string::npos);
  CHECK(spans("5=fast").find("no section 5") != std::string::npos);
  CHECK(spans("100-120=fast").find("no such range of seconds") != std::string::npos);
}
