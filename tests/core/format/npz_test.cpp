#include "format/npz.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "core/format/npy_text.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::format;

namespace {
using Bytes = std::vector<std::uint8_t>;

Npz sample_archive() {
  const std::vector<float> values = {1.5f, -2, 3, 4, 5, 6};
  Npz npz;
  npz["motion"] = npy_floats(values, {2, 3});
  npz["flags"] = npy_bytes(Bytes{0, 1, 1}, {3});
  npz["codes"] = npy_ints(std::vector<std::int32_t>{-7, 70000}, {2});
  npz["fps"] = npy_scalar(30);
  npz["style"] = test::npy_text("hiphop");
  npz["empty"] = npy_floats({}, {0, 24, 3});
  return npz;
}
}  // namespace

TEST_CASE("garbage is refused") {
  CHECK(parse_npz({}).error().code == ErrorCode::bad_format);
  CHECK(parse_npz(Bytes(5000, 0)).error().code == ErrorCode::bad_format);
  CHECK(parse_npy(Bytes(200, 0x93)).error().code == ErrorCode::bad_format);
  const auto header = [](const std::string& text) {
    Bytes b(10 + text.size() + 64, 0);
    const char magic[] = "\x93NUMPY\x01";
    std::copy(magic, magic + 7, b.begin());
    b[8] = static_cast<std::uint8_t>(text.size());
    std::copy(text.begin(), text.end(), b.begin() + 10);
    return b;
  };
  CHECK(parse_npy(header("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }")).ok());
  CHECK(parse_npy(header("{'descr': '<f4', 'fortran_order': True, 'shape': (4,), }")).error().code ==
        ErrorCode::unsupported);
  CHECK(parse_npy(header("{'descr': '|O', 'fortran_order': False, 'shape': (4,), }")).error().code ==
        ErrorCode::unsupported);
  CHECK(parse_npy(header("{'descr': '>f4', 'fortran_order': False, 'shape': (4,), }")).error().code ==
        ErrorCode::unsupported);
  CHECK(
      parse_npy(header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }")).error().code ==
      ErrorCode::unsupported);
  for (const char* shape : {"(17,)", "(4294967296,)", "(67108864, 67108864)", "(99999999999999999999,)",
                            "(-1,)", "(4", "4", "(1,1,1,1,1,1,1,1,1)"}) {
    CAPTURE(shape);
    CHECK_FALSE(
        parse_npy(header(std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ") + shape + "}"))
            .ok());
  }
}

TEST_CASE("arrays come back as they were") {
  const Npz npz = sample_archive();
  const auto back = parse_npz(write_npz(npz));
  REQUIRE(back.ok());
  REQUIRE(back->size() == npz.size());
  for (const auto& [name, array] : npz) {
    CAPTURE(name);
    CHECK(back->at(name).type == array.type);
    CHECK(back->at(name).shape == array.shape);
    CHECK(back->at(name).bytes == array.bytes);
  }
  CHECK(*to_floats(back->at("motion")) == std::vector<float>{1.5f, -2, 3, 4, 5, 6});
  CHECK(*to_floats(back->at("flags")) == std::vector<float>{0, 1, 1});
  CHECK(*to_floats(back->at("codes")) == std::vector<float>{-7, 70000});
  CHECK(*to_floats(back->at("fps")) == std::vector<float>{30});
  CHECK(*to_text(back->at("style")) == "hiphop");
  CHECK_FALSE(to_floats(back->at("style")).ok());
  CHECK_FALSE(to_text(back->at("fps")).ok());
  CHECK(write_npz(npz) == write_npz(*back));
}

TEST_CASE("NumPy's own compressed archive is read") {
  std::ifstream file(terpsi::project::source_path("tests/golden/motion_golden.npz"), std::ios::binary);
  const Bytes bytes((std::istreambuf_iterator<char>(file)), {});
  const auto npz = parse_npz(bytes);
  REQUIRE(npz.ok());
  CHECK(npz->at("joints").shape == std::vector<std::size_t>{210, 24, 3});
  CHECK(npz->at("fps").shape.empty());
  CHECK(*to_floats(npz->at("fps")) == std::vector<float>{30});
  CHECK(to_floats(npz->at("beats"))->at(1) == doctest::Approx(0.71));
}

TEST_CASE("thousands of damaged archives: an error or arrays of consistent size") {
  std::ifstream file(terpsi::project::source_path("tests/golden/motion_golden.npz"), std::ios::binary);
  const Bytes deflated((std::istreambuf_iterator<char>(file)), {}), stored = write_npz(sample_archive());
  REQUIRE(deflated.size() > 1000);
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes = round % 20 == 0 ? deflated : stored;
    // Damage near the directory and the headers, where the structure is.
    for (int k = 0; k < 3; ++k) {
      const std::size_t reach = std::min<std::size_t>(bytes.size(), 900);
      const std::size_t at = random() % 2 ? random() % reach : bytes.size() - 1 - random() % reach;
      bytes[at] = static_cast<std::uint8_t>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    const auto npz = parse_npz(bytes);
    if (!npz) continue;
    for (const auto& [name, array] : *npz)
      if (const auto values = to_floats(array); values) CHECK(values->size() == array.count());
  }
}
