#include "generate/graph/phrase_corpus.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "core/generate/graph/phrase_corpus_fixture.h"

using namespace terpsi;
using generate::PhraseCorpus;

namespace {

constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("corpus: garbage is refused, with the reason") {
  CHECK(generate::check_corpus(test::small_corpus()));
  CHECK(generate::check_corpus({}).error().code == ErrorCode::bad_format);
  const std::vector<std::function<void(PhraseCorpus&)>> damages = {
      [](auto& c) { c.samples = 0; },
      [](auto& c) { c.samples = -5; },
      [](auto& c) { c.samples = 1 << 30; },
      [](auto& c) { c.rows.pop_back(); },
      [](auto& c) { c.rows.resize(c.rows.size() - motion::kMotionDims); },
      [](auto& c) { c.rows[1000] = kNotANumber; },
      [](auto& c) { c.rows[1000] = -std::numeric_limits<float>::infinity(); },
      [](auto& c) { c.clip_start.clear(); },
      [](auto& c) { c.clip_start[0] = 1; },
      [](auto& c) { std::swap(c.clip_start[1], c.clip_start[2]); },
      [](auto& c) { c.clip_start[2] = c.clip_start[1]; },
      [](auto& c) { c.clip_start.back() += 1; },
      [](auto& c) { c.styles.clear(); },
      [](auto& c) { c.styles[1].name.clear(); },
      [](auto& c) { c.styles[0].bpm = 0; },
      [](auto& c) { c.styles[0].bpm = kNotANumber; },
      [](auto& c) { c.styles[0].magnitude = -1; },
      [](auto& c) { c.phrases.clear(), c.sources.clear(); },
      [](auto& c) { c.sources.pop_back(); },
      [](auto& c) { c.phrases[3].style = 2; },
      [](auto& c) { c.phrases[3].style = -1; },
      [](auto& c) { c.phrases[3].energy = kNotANumber; },
      [](auto& c) { c.phrases[3].mirror = 17; },
      [](auto& c) { c.phrases[3].mirror = -1; },
      [](auto& c) { c.phrases[3].next[0].code = 0; },
      [](auto& c) { c.phrases[3].next[0].code = 17; },
      [](auto& c) { c.phrases[3].next[0].cost = kNotANumber; },
      [](auto& c) { c.phrases[3].next[0].cost = -1; },
      [](auto& c) {
        c.phrases[3].next.resize(1000, {1, 1.f});
      },
      [](auto& c) { c.sources[0].row = -1; },
      [](auto& c) { c.sources[3].row += 30; },
      [](auto& c) { c.sources[0].before = 1; },
      [](auto& c) { c.sources[5].before = -1; },
      [](auto& c) { c.sources[5].after = 1 << 30; },
      [](auto& c) { c.sources[15].row = std::numeric_limits<int>::max(); },
      [](auto& c) { c.sources[15].after += 1; },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    CAPTURE(i);
    PhraseCorpus c = test::small_corpus();
    damages[i](c);
    const auto status = generate::check_corpus(c);
    REQUIRE(!status);
    CHECK(status.error().code == ErrorCode::bad_format);
    CHECK(!status.error().message.empty());
  }
}
