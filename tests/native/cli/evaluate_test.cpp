#include <doctest/doctest.h>

#include <filesystem>

#include "native/cli/run.h"
#include "native/evaluate/clips.h"

using namespace terpsi;

TEST_CASE("evaluate: sets on the command line") {
  const test::TempFolder folder;
  test::write_reference(folder, "real");
  const std::string set = "evaluate --segment 2 --set 'a=" + (folder / "real") + "' ";
  const auto good = test::run_terpsi(set + "--set 'b=" + (folder / "real") + "' --reference '" +
                                     (folder / "real") + "' --json '" + (folder / "o.json") + "'");
  CHECK_MESSAGE(good.exit_code == 0, good.output);
  CHECK(good.output.find("novel") != std::string::npos);
  CHECK(std::filesystem::exists(folder / "o.json"));
  CHECK(test::run_terpsi(set + "a.dance").exit_code == 2);
  CHECK(test::run_terpsi(set + "--song demo").exit_code == 2);
  CHECK(test::run_terpsi(set + "--segment 0").exit_code == 2);
  CHECK(test::run_terpsi("evaluate --reference x").exit_code == 2);
  CHECK(test::run_terpsi("evaluate a.dance --song demo --reference x").exit_code == 2);
  CHECK(test::run_terpsi(set + "--reference '" + (folder / "nowhere") + "'").exit_code == 3);
  CHECK(test::run_terpsi(set + "--json '" + (folder / "no/o.json") + "'").exit_code == 5);
}
