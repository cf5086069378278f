#include "native/networks/network.h"

#include <doctest/doctest.h>

#include "native/networks/tiny_onnx.h"

using namespace terpsi;
using native::kFreeSize;
using native::Network;

namespace {

native::NetworkContract contract() {
  return {{{"t", {kFreeSize}},  // not in the order of the file
           {"x", {kFreeSize, 2, 3}},
           {"cond", {kFreeSize, 2, 1}},
           {"phrase", {kFreeSize, 2}, native::Element::int32}},
          {{"x1", {kFreeSize, 2, 3}}}};
}

std::vector<std::uint8_t> onnx() {
  return test::TinyNetwork{.window = 2, .columns = 1, .dims = 3}.onnx();
}

}  // namespace

TEST_CASE("network: a contract that the file does not keep is named") {
  const auto refused = [](native::NetworkContract wanted, const std::string& about) {
    const auto network = Network::load(onnx(), "tiny", std::move(wanted));
    REQUIRE_FALSE(network);
    CHECK(network.error().code == ErrorCode::bad_format);
    CHECK(network.error().message == "the network \"tiny\" does not fit its manifest entry: " + about);
  };
  auto wanted = contract();
  wanted.inputs[1].shape = {4, 2, 3};  // the file leaves it free
  wanted.inputs[3].element = native::Element::float32;
  refused(wanted, "phrase has another element type");
  wanted = contract();
  wanted.inputs[1].shape = {kFreeSize, kFreeSize, 3};
  refused(wanted, "x has the shape [B, 2, 3], not [B, B, 3]");
  wanted = contract();
  wanted.inputs[1].shape = {kFreeSize, 2};
  refused(wanted, "x has the shape [B, 2, 3], not [B, 2]");
  wanted = contract();
  wanted.inputs.pop_back();
  refused(wanted, "it has 4 inputs, not 3");
  wanted = contract();
  wanted.inputs[0].name = "time";
  refused(wanted, "it has no input named time");
  wanted = contract();
  wanted.outputs.push_back({"x2", {kFreeSize}});
  refused(wanted, "it has no output named x2");
}

TEST_CASE("network: runs tensors in the order of the contract, and refuses those of another size or type") {
  auto network = Network::load(onnx(), "tiny", contract());
  REQUIRE_MESSAGE(network, network.error().message);
  std::vector<float> x(12), t(2), cond(4), x1(12);
  const std::vector<std::int32_t> phrase(4);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  REQUIRE(network->run(2, {t, x, cond, phrase}, {x1}));
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(x1[i] == 0.5f * x[i]);

  const auto refused = [&](std::int64_t free_size, const std::vector<native::InputTensor>& inputs,
                           std::span<float> output) {
    CHECK(network->run(free_size, inputs, {output}).error().code == ErrorCode::invalid_argument);
  };
  refused(1, {t, x, cond, phrase}, x1);
  refused(0, {t, x, cond, phrase}, x1);
  refused(-1, {t, x, cond, phrase}, x1);
  refused(2, {t, x, cond}, x1);
  refused(2, {x, t, cond, phrase}, x1);
  refused(2, {t, x, cond, cond}, x1);
  refused(2, {t, x, cond, phrase}, std::span(x1).first(11));
}
