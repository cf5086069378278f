#include "format/npz.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/limits.h"
#include "format/inflate.h"

namespace terpsi::format {

namespace {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22;
constexpr std::size_t kMaxMembers = 1000, kMaxDimensions = 8;

Error damaged(const char* what) {
  return {ErrorCode::bad_format,
          std::string("This is not a readable NumPy file (") + what + "); write it again with numpy.savez."};
}

void put(Bytes& b, View more) {
  b.insert(b.end(), more.begin(), more.end());
}
View view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Bytes of one item, 0 if the type is not one of ours.
std::size_t item_size(std::string_view type) {
  if (type.size() < 3) return 0;
  const char order = type[0], kind = type[1];
  std::size_t size = 0;
  for (const char c : type.substr(2)) {
    if (c < '0' || c > '9' || size > 100000) return 0;
    size = 10 * size + static_cast<std::size_t>(c - '0');
  }
  if (order != '<' && !(order == '|' && (size == 1 || kind == 'U'))) return 0;
  const bool one = size == 1, small = one || size == 2, large = size == 4 || size == 8;
  if (kind == 'U') return 4 * size;
  const bool known = kind == 'b'   ? one
                     : kind == 'f' ? large
                                   : (kind == 'i' || kind == 'u') && (small || large);
  return known ? size : 0;
}

// The text after `'key':` in the header's dictionary, blanks skipped; empty if there is no such key.
std::string_view after_key(std::string_view header, std::string_view key) {
  std::string quoted = "'";
  quoted.append(key).append("'");
  std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) return {};
  at = header.find_first_not_of(" :", at + quoted.size());
  return at == std::string_view::npos ? std::string_view() : header.substr(at);
}

template <class T>
float item_as_float(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<float>(value);
}

float read_item(char kind, std::size_t size, const std::uint8_t* at) {
  if (kind == 'f') return size == 4 ? item_as_float<float>(at) : item_as_float<double>(at);
  if (kind == 'i')
    return size == 1   ? item_as_float<std::int8_t>(at)
           : size == 2 ? item_as_float<std::int16_t>(at)
           : size == 4 ? item_as_float<std::int32_t>(at)
                       : item_as_float<std::int64_t>(at);
  return size == 1   ? item_as_float<std::uint8_t>(at)
         : size == 2 ? item_as_float<std::uint16_t>(at)
         : size == 4 ? item_as_float<std::uint32_t>(at)
                     : item_as_float<std::uint64_t>(at);
}

template <class T>
NpyArray from_values(const char* type, std::span<const T> values, std::vector<std::size_t> shape) {
  NpyArray array{type, std::move(shape), Bytes(values.size_bytes())};
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), values.size_bytes());
  return array;
}

}  // namespace

std::size_t NpyArray::count() const {
  std::size_t n = 1;
  for (const std::size_t d : shape) n *= d;
  return n;
}

NpyArray npy_floats(std::span<const float> values, std::vector<std::size_t> shape) {
  return from_values("<f4", values, std::move(shape));
}
NpyArray npy_bytes(std::span<const std::uint8_t> values, std::vector<std::size_t> shape) {
  return from_values("|u1", values, std::move(shape));
}
NpyArray npy_ints(std::span<const std::int32_t> values, std::vector<std::size_t> shape) {
  return from_values("<i4", values, std::move(shape));
}
NpyArray npy_scalar(float value) {
  return npy_floats(std::span<const float>(&value, 1), {});
}

Result<std::vector<float>> to_floats(const NpyArray& array) {
  const std::size_t size = item_size(array.type);
  if (size == 0 || array.type[1] == 'U' || array.bytes.size() != array.count() * size)
    return Error{ErrorCode::unsupported, "An array holds " + array.type + " where numbers are needed."};
  std::vector<float> out(array.count());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = read_item(array.type[1], size, array.bytes.data() + i * size);
  return out;
}

Result<std::string> to_text(const NpyArray& array) {
  if (item_size(array.type) == 0 || array.type[1] != 'U' || !array.shape.empty())
    return Error{ErrorCode::unsupported, "An array holds " + array.type + " where one text is needed."};
  std::string out;
  for (std::size_t i = 0; i + 4 <= array.bytes.size(); i += 4) {
    const std::uint32_t c = little_endian(array.bytes, i);
    if (c == 0) break;
    out.push_back(c < 128 ? static_cast<char>(c) : '?');
  }
  return out;
}

Result<NpyArray> parse_npy(View bytes) {
  static constexpr std::uint8_t kMagic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (bytes.size() < 12 || !std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin()))
    return damaged("no NPY magic");
  const bool wide = bytes[6] >= 2;
  if (bytes[6] < 1 || bytes[6] > 3) return damaged("unknown NPY version");
  const std::size_t begin = wide ? 12 : 10,
                    length = wide ? little_endian(bytes, 8) : little_endian(bytes, 8, 2);
  if (length > bytes.size() - begin) return damaged("header cut off");
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + begin, length);

  NpyArray array;
  const std::string_view type = after_key(header, "descr");
  const std::size_t quote = type.find('\'', 1);
  if (type.empty() || type[0] != '\'' || quote == std::string_view::npos)
    return Error{ErrorCode::unsupported, "The NumPy array is a record; save plain arrays of numbers."};
  array.type = std::string(type.substr(1, quote - 1));
  const std::size_t item = item_size(array.type);
  const bool empty_text = array.type == "<U0" || array.type == "|U0";
  if (item == 0 && !empty_text)
    return Error{ErrorCode::unsupported,
                 "NumPy type " + array.type.substr(0, 32) + " is not supported; save float32."};
  const std::string_view order = after_key(header, "fortran_order");
  if (order.substr(0, 5) != "False")
    return Error{ErrorCode::unsupported,
                 "The NumPy array is in Fortran order; save numpy.ascontiguousarray of it."};

  const std::string_view shape = after_key(header, "shape");
  if (shape.empty() || shape[0] != '(') return damaged("no shape");
  const std::size_t available = (bytes.size() - begin - length) / std::max<std::size_t>(1, item);
  std::size_t count = 1;
  for (std::size_t i = 1;; ++i) {
    if (i >= shape.size()) return damaged("no end of the shape");
    if (shape[i] == ')') break;
    if (shape[i] == ' ' || shape[i] == ',') continue;
    std::size_t dimension = 0;
    if (shape[i] < '0' || shape[i] > '9' || array.shape.size() >= kMaxDimensions) return damaged("odd shape");
    for (; i < shape.size() && shape[i] >= '0' && shape[i] <= '9'; ++i) {
      dimension = 10 * dimension + static_cast<std::size_t>(shape[i] - '0');
      if (dimension > limits::kMaxMotionFileBytes)
        return Error{ErrorCode::too_large, "A NumPy array is larger than 64 MB; use a smaller file."};
    }
    --i;
    array.shape.push_back(dimension);
    if (item > 0 && count != 0 && dimension > available / count)
      return damaged("fewer values than its shape says");
    count *= dimension;
    if (item == 0 && count > limits::kMaxMotionFileBytes) return damaged("odd shape");
  }
  if (item > 0 && count > available) return damaged("fewer values than its shape says");
  const auto data = bytes.begin() + static_cast<std::ptrdiff_t>(begin + length);
  array.bytes.assign(data, data + static_cast<std::ptrdiff_t>(count * item));
  return array;
}

Bytes write_npy(const NpyArray& array) {
  std::string shape = "(";
  for (const std::size_t d : array.shape) shape += std::to_string(d) + ", ";
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  if (array.shape.size() == 1) shape.resize(shape.size() - 1);
  shape += ")";
  std::string header = "{'descr': '" + array.type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';  // data begin at a multiple of 64 bytes
  header += '\n';
  Bytes out = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  put_little_endian(out, header.size(), 2);
  put(out, view_of(header));
  put(out, array.bytes);
  return out;
}

Result<Npz> parse_npz(View bytes) {
  if (bytes.size() < kEndSize) return damaged("too short for a ZIP");
  // The end record may be followed by a comment of up to 65535 bytes.
  std::size_t end = bytes.size() - kEndSize;
  const std::size_t lowest = end > 0xffff ? end - 0xffff : 0;
  while (little_endian(bytes, end) != kEnd) {
    if (end == lowest) return damaged("no ZIP directory");
    --end;
  }
  const std::size_t members = little_endian(bytes, end + 10, 2);
  if (members > kMaxMembers) return damaged("too many arrays");
  std::size_t at = little_endian(bytes, end + 16), room = limits::kMaxMotionFileBytes;
  Npz out;
  for (std::size_t m = 0; m < members; ++m) {
    if (at > bytes.size() || bytes.size() - at < kCentralSize || little_endian(bytes, at) != kCentral)
      return damaged("broken ZIP directory");
    const std::uint32_t method = little_endian(bytes, at + 10, 2), crc = little_endian(bytes, at + 16);
    const std::size_t packed = little_endian(bytes, at + 20), size = little_endian(bytes, at + 24);
    const std::size_t name_size = little_endian(bytes, at + 28, 2), extra = little_endian(bytes, at + 30, 2),
                      comment = little_endian(bytes, at + 32, 2);
    const std::size_t local = little_endian(bytes, at + 42);
    if (bytes.size() - at - kCentralSize < name_size) return damaged("broken ZIP directory");
    std::string name(reinterpret_cast<const char*>(bytes.data()) + at + kCentralSize, name_size);
    at += kCentralSize + name_size + extra + comment;

    if (local > bytes.size() || bytes.size() - local < kLocalSize || little_endian(bytes, local) != kLocal)
      return damaged("broken ZIP member");
    const std::size_t data =
        local + kLocalSize + little_endian(bytes, local + 26, 2) + little_endian(bytes, local + 28, 2);
    if (data > bytes.size() || packed > bytes.size() - data) return damaged("ZIP member cut off");
    if (size > room)
      return Error{ErrorCode::too_large, "The NumPy arrays unpack to more than 64 MB; use a smaller file."};
    const View stored = bytes.subspan(data, packed);
    Bytes member;
    if (method == 0) {
      if (packed != size) return damaged("broken ZIP member");
      member.assign(stored.begin(), stored.end());
    } else if (method == 8) {
      Result<Bytes> unpacked = inflate(stored, size);
      if (!unpacked) return unpacked.error();
      if (unpacked->size() != size) return damaged("broken ZIP member");
      member = std::move(*unpacked);
    } else {
      return Error{ErrorCode::unsupported,
                   "The NumPy archive uses an unknown compression; write it with numpy.savez."};
    }
    room -= size;
    if (crc32(member) != crc) return damaged("checksum of an array is wrong");
    Result<NpyArray> array = parse_npy(member);
    if (!array) return array.error();
    if (name.size() > 4 && name.substr(name.size() - 4) == ".npy") name.resize(name.size() - 4);
    out.insert_or_assign(std::move(name), std::move(*array));
  }
  return out;
}

Bytes write_npz(const Npz& arrays) {
  Bytes out, directory;
  for (const auto& [key, array] : arrays) {
    const std::string name = key + ".npy";
    const Bytes data = write_npy(array);
    const std::size_t offset = out.size();
    Bytes common;                      // fields that the local header and the directory share
    put_little_endian(common, 20, 2);  // version needed
    put_little_endian(common, 0, 2);   // flags
    put_little_endian(common, 0, 2);   // stored
    put_little_endian(common, 0, 2);   // time 00:00
    put_little_endian(common, 33, 2);  // date 1980-01-01, so that equal arrays give equal bytes
    put_little_endian(common, crc32(data));
    put_little_endian(common, data.size());
    put_little_endian(common, data.size());
    put_little_endian(common, name.size(), 2);
    put_little_endian(common, 0, 2);  // extra field
    put_little_endian(out, kLocal);
    put(out, common);
    put(out, view_of(name));
    put(out, data);
    put_little_endian(directory, kCentral);
    put_little_endian(directory, 20, 2);  // made by
    put(directory, common);
    put_little_endian(directory, 0, 2);  // comment
    put_little_endian(directory, 0, 2);  // disk
    put_little_endian(directory, 0, 2);  // internal attributes
    put_little_endian(directory, 0);     // external attributes
    put_little_endian(directory, offset);
    put(directory, view_of(name));
  }
  const std::size_t start = out.size();
  put(out, directory);
  put_little_endian(out, kEnd);
  put_little_endian(out, 0, 2);
  put_little_endian(out, 0, 2);
  put_little_endian(out, arrays.size(), 2);
  put_little_endian(out, arrays.size(), 2);
  put_little_endian(out, directory.size());
  put_little_endian(out, start);
  put_little_endian(out, 0, 2);
  return out;
}

}  // namespace terpsi::format
