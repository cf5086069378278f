#include "generate/plan/style_profiles.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace terpsi;
using namespace terpsi::generate;

TEST_CASE("style profiles: each style once, in ranges that can be met") {
  std::set<std::string_view> names;
  for (const StyleProfile& p : style_profiles()) {
    CAPTURE(p.name);
    CHECK(names.insert(p.name).second);
    CHECK(style_profile(p.name) == &p);
    CHECK(p.slowest < p.fastest);
    for (const TraitRange& range : p.traits) {
      CHECK(range.low >= 0);
      CHECK(range.low < range.high);
      CHECK(range.high <= 1);
      CHECK(range.weight > 0);
    }
  }
  CHECK(style_profile("polka") == nullptr);
}

TEST_CASE("style profiles: the open styles, by name") {
  const manifest::ModelInfo model = open_styles();
  REQUIRE(model.styles.size() == 23);
  CHECK(model.styles.front().name == "ballet");
  CHECK(model.styles.back().name == "waack");
  CHECK(std::is_sorted(model.styles.begin(), model.styles.end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; }));
}
