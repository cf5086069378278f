#include "format/inflate.h"

#include <zlib.h>

#include <algorithm>

namespace terpsi::format {

Result<std::vector<std::uint8_t>> inflate(std::span<const std::uint8_t> packed, std::size_t most) {
  constexpr std::size_t kMostRatio = 1032;  // 258 bytes by a match of two bits
  // One byte more than allowed shows that there are more.
  std::vector<std::uint8_t> out(std::min(most + 1, kMostRatio * packed.size() + 1));
  z_stream stream{};
  if (packed.size() > UINT32_MAX || inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return Error{ErrorCode::internal, "The compressed data cannot be unpacked now; try again."};
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = ::inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  if (out.size() > most)
    return Error{ErrorCode::too_large,
                 "The compressed data unpack to more than is allowed here; use a smaller file."};
  if (end != Z_STREAM_END)
    return Error{ErrorCode::bad_format, "The compressed data are damaged or cut off; get the file again."};
  return out;
}

}  // namespace terpsi::format
