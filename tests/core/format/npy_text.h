#pragma once
// A text scalar as NumPy writes it.

#include <algorithm>
#include <string>
#include <string_view>

#include "format/npz.h"

namespace terpsi::test {

inline format::NpyArray npy_text(std::string_view ascii) {
  format::NpyArray array{"<U" + std::to_string(std::max<std::size_t>(1, ascii.size())), {}, {}};
  array.bytes.resize(4 * std::max<std::size_t>(1, ascii.size()), 0);
  for (std::size_t i = 0; i < ascii.size(); ++i) array.bytes[4 * i] = static_cast<std::uint8_t>(ascii[i]);
  return array;
}

}  // namespace terpsi::test
