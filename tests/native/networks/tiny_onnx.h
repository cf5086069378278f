#pragma once
// A network small enough to be written down here: x1 = x * factor, or x * mask where it is masked, with the
// inputs and outputs of model_info.h. ONNX is a protocol buffer (onnx.proto): a field is (number << 3 |
// type), then a varint or a length and bytes.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace terpsi::test {

namespace proto {

inline std::string varint(std::uint64_t value) {
  std::string out;
  for (; value > 127; value >>= 7) out += static_cast<char>((value & 127) | 128);
  return out + static_cast<char>(value);
}

inline std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}

inline std::string bytes(int field, const std::string& value) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(value.size()) + value;
}

}  // namespace proto

struct TinyNetwork {
  int window = 8;
  int columns = 12;
  int dims = 151;
  int phrase_type = 6;  // TensorProto.DataType: 1 float, 6 int32, 7 int64
  float factor = 0.5f;
  std::string output = "x1";
  bool masked = false;

  // dim 0 = the batch
  static std::string value_info(const std::string& name, int type, const std::vector<int>& dims) {
    using namespace proto;
    std::string shape;
    for (const int dim : dims)
      shape += bytes(1, dim == 0 ? bytes(2, "B") : number(1, static_cast<std::uint64_t>(dim)));
    return bytes(1, name) + bytes(2, bytes(1, number(1, static_cast<std::uint64_t>(type)) + bytes(2, shape)));
  }

  std::vector<std::uint8_t> onnx() const {
    using namespace proto;
    std::string raw(4, '\0');
    std::memcpy(raw.data(), &factor, 4);
    const std::string node =
        bytes(1, "x") + bytes(1, masked ? "mask" : "factor") + bytes(2, output) + bytes(4, "Mul");
    const std::string constant = number(2, 1) + bytes(8, "factor") + bytes(9, raw);
    const std::string graph = bytes(1, node) + bytes(2, "tiny") + bytes(5, constant) +
                              bytes(11, value_info("x", 1, {0, window, dims})) +
                              bytes(11, value_info("t", 1, {0})) +
                              bytes(11, value_info("cond", 1, {0, window, columns})) +
                              bytes(11, value_info("phrase", phrase_type, {0, window})) +
                              (masked ? bytes(11, value_info("mask", 1, {0, window, dims})) : "") +
                              bytes(12, value_info(output, 1, {0, window, dims}));
    const std::string model = number(1, 8) + bytes(7, graph) + bytes(8, number(2, 17));
    return {model.begin(), model.end()};
  }
};

}  // namespace terpsi::test
