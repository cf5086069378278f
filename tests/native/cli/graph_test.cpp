// `terpsi dance --model graph` as people meet it.

#include <doctest/doctest.h>

#include "core/generate/graph/phrase_corpus_fixture.h"
#include "format/dance_file.h"
#include "native/cli/run.h"
#include "native/io/file.h"
#include "native/pipeline/corpus_npz.h"
#include "native/pipeline/phrase_corpus.h"
#include "native/temp_folder.h"

using namespace terpsi;
using test::run_terpsi;

TEST_CASE("cli: the graph needs a corpus that can be read") {
  const test::TempFolder folder;
  const std::string out = " -o " + (folder / "x.bvh");
  CHECK(run_terpsi("dance demo --to 5 --model graph" + out).exit_code == 2);
  CHECK(run_terpsi("dance demo --to 5 --corpus c.npz" + out).exit_code == 2);
  const auto none = run_terpsi("dance demo --to 5 --model graph --corpus " + (folder / "none.npz") + out);
  CHECK(none.exit_code == 4);
  CHECK(none.output.find("none.npz") != std::string::npos);
  const auto text = folder.write("text.npz", "this is no archive of arrays, but it is long enough to be one");
  CHECK(run_terpsi("dance demo --to 5 --model graph --corpus " + text + out).exit_code == 4);
}

TEST_CASE("cli: a dance of recorded phrases says which corpus it is made of") {
  const test::TempFolder folder;
  const auto bytes = format::write_npz(test::corpus_npz(test::small_corpus()));
  const auto corpus = folder.write("c.npz", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto ran = run_terpsi("dance demo --to 8 --model graph --corpus " + corpus +
                              " --style slow --seed 3 -o " + (folder / "x.dance"));
  CAPTURE(ran.output);
  REQUIRE(ran.exit_code == 0);
  const auto file = native::read_file(folder / "x.dance", 1 << 20);
  REQUIRE(file);
  const auto dance = format::read_dance(*file);
  REQUIRE(dance);
  CHECK(dance->model_name == "graph");
  CHECK(dance->model_sha256 == native::load_corpus(corpus)->sha256);
  CHECK(dance->style == "slow");
  CHECK(dance->clip.size() == 240);
}
