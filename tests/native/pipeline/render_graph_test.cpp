#include "native/pipeline/render_graph.h"

#include <doctest/doctest.h>

#include "core/generate/fixture.h"
#include "core/generate/graph/phrase_corpus_fixture.h"

using namespace terpsi;

TEST_CASE("graph render: wrong options and no music are errors") {
  const auto corpus = test::small_corpus();
  const auto model = generate::graph_model(corpus);
  native::RenderOptions options;
  CHECK(native::render_graph({}, corpus, model, options).error().code == ErrorCode::empty);
  options.dance.style = "no such style";
  CHECK(native::render_graph(test::small_song(10), corpus, model, options).error().code ==
        ErrorCode::not_found);
  options.dance.style = "slow";
  options.dance.energy = -1;
  CHECK(native::render_graph(test::small_song(10), corpus, model, options).error().code ==
        ErrorCode::invalid_argument);
}

TEST_CASE("graph render: covers the song in the style asked for, and another seed is another dance") {
  const auto corpus = test::small_corpus(8, 0.5f);
  const auto model = generate::graph_model(corpus);
  const auto song = test::small_song(40);
  native::RenderOptions options;
  options.dance.style = "slow";
  const auto dance = native::render_graph(song, corpus, model, options);
  REQUIRE_MESSAGE(dance, dance.error().message);
  CHECK(dance->clip.size() == song.frames);
  CHECK(dance->condition.style == 0);
  const auto again = native::render_graph(song, corpus, model, options);
  options.dance.seed = 2;
  const auto other = native::render_graph(song, corpus, model, options);
  REQUIRE(again);
  REQUIRE(other);
  const auto same = [&](const native::Render& r) {
    for (std::size_t i = 0; i < r.clip.size(); ++i) {
      if (r.clip.frames[i].root != dance->clip.frames[i].root) return false;
    }
    return true;
  };
  CHECK(same(*again));
  CHECK_FALSE(same(*other));
}
