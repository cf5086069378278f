#include "native/evaluate/evaluate_sets.h"

#include <doctest/doctest.h>

#include <cmath>

#include "native/evaluate/clips.h"
#include "native/evaluate/sets_table.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::native;
using motion::testing::dancing;

namespace {

SetsOptions with(std::vector<std::string> sets, const std::string& reference = "") {
  SetsOptions options;
  options.sets = std::move(sets);
  options.reference = reference;
  options.segment = 2;
  return options;
}

Result<nlohmann::ordered_json> evaluated(const SetsOptions& options) {
  return evaluate_sets(options, open_models(terpsi::project::source_path("models")));
}

void refused(const SetsOptions& options, ErrorCode code) {
  const auto got = evaluated(options);
  REQUIRE_FALSE(got.ok());
  CAPTURE(got.error().message);
  CHECK(got.error().code == code);
  CHECK_FALSE(got.error().message.empty());
}

}  // namespace

TEST_CASE("evaluate sets: wrong options and unusable folders are refused") {
  const test::TempFolder folder;
  test::write_reference(folder, "real");
  folder.write("none/readme.txt", "");
  test::write_clip(folder, "short/s.npz", dancing(45));
  const std::string real = folder / "real";
  for (const char* set : {"noname", "=x", "a=", ""}) refused(with({set}), ErrorCode::invalid_argument);
  refused(with({"a=" + real, "a=" + real}), ErrorCode::invalid_argument);
  for (const double segment : {0.0, -1.0, 61.0, std::nan("")}) {
    auto options = with({"a=" + real}, real);
    options.segment = segment;
    refused(options, ErrorCode::invalid_argument);
  }
  refused(with({"a=" + (folder / "nowhere")}), ErrorCode::not_found);
  refused(with({"a=" + (folder / "none")}), ErrorCode::empty);
  refused(with({"a=" + real}, folder / "none"), ErrorCode::empty);
  refused(with({"a=" + real}, folder / "short"), ErrorCode::empty);
  refused(with({"a=" + (folder / "short")}, real), ErrorCode::empty);
  auto styled = with({"a=" + real});
  styled.reference_styles = folder.write("styles.json", "{}");
  refused(styled, ErrorCode::invalid_argument);
  styled.reference = real;
  for (const char* text : {"[1]", "{\"real0\": 3}", "not json", ""}) {
    folder.write("styles.json", text);
    refused(styled, ErrorCode::bad_format);
  }
  folder.write("styles.json", "{\"other\": \"house\"}");
  refused(styled, ErrorCode::invalid_argument);
}

TEST_CASE("evaluate sets: the reference as a set has no distance, no novelty, the same figures") {
  const test::TempFolder folder;
  test::write_reference(folder, "real");
  const auto got = evaluated(with({"same=" + (folder / "real")}, folder / "real"));
  REQUIRE_MESSAGE(got.ok(), got.error().message);
  const auto &json = *got, &set = json["sets"][0], &reference = json["reference"];
  CHECK(json["segment_s"] == 2);
  CHECK(reference["clips"] == 4);
  CHECK(set["dances"] == 4);
  CHECK(set["segments"] == 3 * 5 + 4);  // the bad frame costs a segment
  CHECK(set["segments"] == reference["segments"]);
  for (const char* key : {"fid_k", "fid_k_ref", "fid_g", "fid_g_ref"}) {
    CHECK(set[key].get<double>() < 1e-6);
    CHECK(reference[std::string(key) + "_halves"].get<double>() > 1e-3);
  }
  CHECK(set["div_k_ratio"].get<double>() == doctest::Approx(1));
  CHECK(set["div_k"] == reference["div_k"]);
  CHECK(set["novelty"].get<double>() < 1e-6);
  CHECK(reference["novelty"].get<double>() > 1e-3);
  CHECK(set["smoothness_index"].get<double>() == doctest::Approx(100));
  for (const char* key : {"magnitude", "foot_skate", "freeze", "jitter", "pfc", "joint_limits", "symmetry"})
    CHECK(set[key].get<double>() == doctest::Approx(reference[key].get<double>()));
  CHECK_FALSE(set.contains("bas"));  // nobody gave beats
  CHECK_FALSE(set.contains("magnitude_ratio"));
  REQUIRE(set["rows"].size() == 4);
  CHECK(set["rows"][2]["name"] == "real2");
  const std::string table = sets_table(json);
  CHECK(table.find("same") != std::string::npos);
  CHECK(table.find("FID_k") != std::string::npos);
}

TEST_CASE("evaluate sets: means of the dances, styles, pairs and beats") {
  const test::TempFolder folder;
  test::write_reference(folder, "real");
  folder.write("styles.json", R"({"real0": "house", "real1": "house", "real2": "break", "gone": "x"})");
  test::write_dance_file(folder, "made/one.dance", dancing(240), "house", {1, 2, 3, 4, 5, 6, 7});
  motion::Clip statue;
  statue.frames.resize(240);
  test::write_dance_file(folder, "made/two.dance", statue, "waltz");
  test::write_clip(folder, "pairs/one.npz", dancing(200));
  auto options = with({"made=" + (folder / "made")}, folder / "real");
  options.reference_styles = folder / "styles.json";
  options.paired = folder / "pairs";
  const auto got = evaluated(options);
  REQUIRE_MESSAGE(got.ok(), got.error().message);
  const auto &set = (*got)["sets"][0], &one = set["rows"][0], &two = set["rows"][1];
  CHECK(set["seconds"].get<double>() == doctest::Approx(16));
  CHECK(two["freeze"].get<double>() == 1);
  CHECK(set["freeze"].get<double>() == doctest::Approx((one["freeze"].get<double>() + 1) / 2));
  CHECK(set["sd"]["freeze"].get<double>() > 0.5);
  CHECK(one["music_beats"] == 7);
  CHECK(set["bas"] == one["bas"]);  // the statue's file has no beats, and it does not count as a zero
  CHECK_FALSE(two.contains("bas"));
  CHECK_FALSE(two.contains("magnitude_ratio"));            // there is no waltz in the reference
  CHECK(two["magnitude_ratio_all"].get<double>() < 0.01);  // a dance file's rounding
  const auto& by_style = (*got)["reference"]["style_magnitude"];
  CHECK(by_style.size() == 2);
  CHECK(one["magnitude_ratio"].get<double>() ==
        doctest::Approx(one["magnitude"].get<double>() / by_style["house"].get<double>()));
  CHECK(one["mae"].get<double>() < 0.01);  // a dance file's centimetre
  CHECK(set["mae"] == one["mae"]);
  CHECK(two["smoothness_index"].get<double>() == doctest::Approx(100));
  CHECK(two["novelty"].get<double>() > 0.05);
  CHECK(set["shifts_k"].size() == 6);
}
