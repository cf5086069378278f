#include "native/evaluate/recording.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/format/npy_text.h"
#include "native/evaluate/clips.h"

using namespace terpsi;
using namespace terpsi::native;
using motion::testing::dancing;

namespace {
constexpr double kEnd = std::numeric_limits<double>::infinity();
}

TEST_CASE("recording: files that are not clips are refused with a sentence that names them") {
  const test::TempFolder folder;
  CHECK(load_recording(folder / "none.npz").error().code == ErrorCode::not_found);
  CHECK(load_recording(folder.write("x.npz", "PK garbage")).error().code == ErrorCode::bad_format);
  CHECK_FALSE(load_recording(folder.write("x.dance", "TDNC garbage")).ok());
  CHECK_FALSE(load_recording(folder.write("x.bvh", "HIERARCHY")).ok());
  const auto refused = [&](const format::Npz& npz, ErrorCode code) {
    const std::string path = folder.write("y.npz", test::text_of(format::write_npz(npz)));
    const auto got = load_recording(path);
    REQUIRE_FALSE(got.ok());
    CAPTURE(got.error().message);
    CHECK(got.error().code == code);
    CHECK(got.error().message.find(path) != std::string::npos);
  };
  const format::Npz good = test::npz_of(dancing(90));
  format::Npz npz = good;
  npz.erase("joints");
  refused(npz, ErrorCode::bad_format);
  npz = good;
  npz["joints"].shape = {90, 72};
  refused(npz, ErrorCode::bad_format);
  npz = good;
  npz["fps"] = format::npy_scalar(60);
  refused(npz, ErrorCode::bad_format);
  npz = good;
  npz["fps"] = test::npy_text("thirty");
  refused(npz, ErrorCode::bad_format);
  npz = good;
  npz["bad"] = format::npy_bytes(std::vector<std::uint8_t>(89, 0), {89});
  refused(npz, ErrorCode::bad_format);
  npz = good;
  npz["motion"] = format::npy_floats(std::vector<float>(90 * 150), {90, 150});
  refused(npz, ErrorCode::bad_format);
  refused(test::npz_of(dancing(29)), ErrorCode::empty);
  refused(test::npz_of(dancing(90), std::vector<std::uint8_t>(90, 1)), ErrorCode::empty);
  for (const float hostile : {NAN, INFINITY, -INFINITY, 1e20f}) {
    auto places = *format::to_floats(good.at("joints"));
    places[50 * 72 + 7] = hostile;
    npz = good;
    npz["joints"] = format::npy_floats(places, {90, motion::kJoints, 3});
    refused(npz, ErrorCode::bad_format);
    std::vector<std::uint8_t> bad(90, 0);
    bad[50] = 1;
    npz["bad"] = format::npy_bytes(bad, {90});
    CHECK(load_recording(folder.write("z.npz", test::text_of(format::write_npz(npz)))).ok());
  }
}

TEST_CASE("recording: bad frames cut a clip into stretches of a second or more") {
  const test::TempFolder folder;
  std::vector<std::uint8_t> bad(200, 0);
  bad[0] = bad[50] = bad[70] = 1;  // 1..49, 51..69 (too short), 71..199
  const auto clip = dancing(200);
  const auto got = load_recording(test::write_clip(folder, "clip.npz", clip, bad));
  REQUIRE(got.ok());
  CHECK(got->name == "clip");
  REQUIRE(got->stretches.size() == 2);
  CHECK(got->stretches[0].from == 1);
  CHECK(got->stretches[0].joints.size() == 49);
  CHECK(got->stretches[1].from == 71);
  CHECK(got->stretches[1].joints.size() == 129);
  CHECK(got->stretches[1].frames.size() == 129);
  CHECK(got->frames == 178);
  CHECK((got->stretches[1].joints[3][motion::kLWrist] -
         motion::joint_positions(clip.frames[74])[motion::kLWrist])
            .norm() < 1e-5f);
}

TEST_CASE("recording: a dance brings its beats and style; a file beside it has the better beats") {
  const test::TempFolder folder;
  const std::string path = test::write_dance_file(folder, "a.dance", dancing(120), "house", {0.5, 1.0});
  auto got = load_recording(path);
  REQUIRE(got.ok());
  CHECK(got->style == "house");
  CHECK(got->beats.size() == 2);
  CHECK(got->stretches.at(0).joints.size() == 120);
  folder.write("a.beats.txt", "# beats\n1.5 1\n0.75\nnonsense\n3.5");
  got = load_recording(path);
  REQUIRE(got.ok());
  CHECK(got->beats == std::vector<double>{0.75, 1.5, 3.5});
  folder.write("a.beats", "2");
  CHECK(load_recording(path)->beats == std::vector<double>{2});
  folder.write("a.beats", "no numbers here");
  CHECK(load_recording(path).error().code == ErrorCode::empty);
}

TEST_CASE("recording: sections come from a file beside it") {
  const test::TempFolder folder;
  const std::string path = test::write_dance_file(folder, "a.dance", dancing(120));
  CHECK(load_recording(path)->sections.empty());
  folder.write("a.sections", "0 1.5 0\n1.5 3 1\n3 4 0\n");
  const auto got = load_recording(path);
  REQUIRE(got.ok());
  REQUIRE(got->sections.size() == 3);
  CHECK(got->sections[2].start == 3);
  CHECK(got->sections[2].label == 0);
  for (const char* garbage : {"", "0 1\n", "0 1 x\n", "2 1 0\n", "0 2 0\n1 3 1\n", "nan 1 0\n", "\xff\xfe"}) {
    folder.write("a.sections", garbage);
    CHECK_FALSE(load_recording(path).ok());
  }
}

TEST_CASE("recording: beats of a part are relative to its start") {
  const test::TempFolder folder;
  const std::string path = folder.write("b", "1\n2\n3\n4\n");
  CHECK(*read_beats(path, 2, 4) == std::vector<double>{0, 1});
  CHECK(read_beats(path, 5, kEnd).error().code == ErrorCode::empty);
  CHECK(read_beats(folder / "none", 0, kEnd).error().code == ErrorCode::not_found);
}

TEST_CASE("recording: one motion of each name in a folder, in order") {
  const test::TempFolder folder;
  CHECK(recordings_in(folder / "none").error().code == ErrorCode::not_found);
  CHECK(recordings_in(folder.path()).error().code == ErrorCode::empty);
  for (const char* name : {"b.npz", "b.bvh", "a.bvh", "c.dance", "c.npz", "notes.txt", "d.json", "a.beats"})
    folder.write(name, "");
  const auto got = recordings_in(folder.path());
  REQUIRE(got.ok());
  CHECK(*got == std::vector<std::string>{folder / "a.bvh", folder / "b.npz", folder / "c.dance"});
}
