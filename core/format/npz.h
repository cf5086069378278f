#pragma once
// NumPy archives in memory, natively: .npz (a ZIP of .npy members, stored or deflated) and .npy formats 1.0
// to 3.0. Little-endian numbers, booleans and text; C order. Fortran order, objects and records are refused.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace terpsi::format {

struct NpyArray {
  std::string type;                 // as NumPy writes it: "<f4", "<f8", "<i8", "|u1", "|b1", "<U12", ...
  std::vector<std::size_t> shape;   // empty = scalar
  std::vector<std::uint8_t> bytes;  // shape product x item size

  std::size_t count() const;  // product of shape; 1 for a scalar
};

using Npz = std::map<std::string, NpyArray>;  // names without ".npy"

// values.size() is the product of shape.
NpyArray npy_floats(std::span<const float> values, std::vector<std::size_t> shape);
NpyArray npy_bytes(std::span<const std::uint8_t> values, std::vector<std::size_t> shape);
NpyArray npy_ints(std::span<const std::int32_t> values, std::vector<std::size_t> shape);
NpyArray npy_scalar(float value);

// Values of any numeric or boolean array, converted. Errors: unsupported (text).
Result<std::vector<float>> to_floats(const NpyArray& array);

// Text of a scalar "<Un" array; characters beyond ASCII become '?'. Errors: unsupported.
Result<std::string> to_text(const NpyArray& array);

// Errors: bad_format, unsupported (type or order of the array), too_large (limits::kMaxMotionFileBytes for an
// array).
Result<NpyArray> parse_npy(std::span<const std::uint8_t> bytes);
std::vector<std::uint8_t> write_npy(const NpyArray& array);

// Errors: as parse_npy, and bad_format for a damaged ZIP (CRC-32 is checked).
Result<Npz> parse_npz(std::span<const std::uint8_t> bytes);

// Stored, not compressed; same input, same bytes.
std::vector<std::uint8_t> write_npz(const Npz& arrays);

}  // namespace terpsi::format
