#include "format/dance_file.h"

#include <cmath>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/motion_codec.h"

namespace terpsi::format {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t tag(const char (&name)[5]) {
  std::uint32_t v = 0;
  for (int i = 0; i < 4; ++i) v |= static_cast<std::uint32_t>(static_cast<unsigned char>(name[i])) << (8 * i);
  return v;
}

constexpr std::uint32_t kMagic = tag("TDNC"), kMeta = tag("META"), kBeats = tag("BEAT"), kMove = tag("MOVE");
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxBeats = 20000;
constexpr std::size_t kMaxSections = 64;
constexpr double kTick = 1e-4;                             // seconds
constexpr double kEarliestBeat = -10, kLatestBeat = 1000;  // seconds
constexpr int kMostBeatsInBar = 15;

const Error kDamaged{ErrorCode::bad_format, "this dance file is damaged or cut off; get the file again"};

// ---- Little-endian bytes

void put_text(Bytes& out, const std::string& text) {
  put_little_endian(out, text.size(), 1);
  out.insert(out.end(), text.begin(), text.end());
}

void put_varint(Bytes& out, std::int64_t value) {
  auto zigzag = (static_cast<std::uint64_t>(value) << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0);
  for (; zigzag >= 0x80; zigzag >>= 7) out.push_back(static_cast<std::uint8_t>(zigzag | 0x80));
  out.push_back(static_cast<std::uint8_t>(zigzag));
}

// Reads in order; past the end it yields zeros and ok() turns false.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t number(int bytes) {
    std::uint64_t value = 0;
    const auto part = take(static_cast<std::size_t>(bytes));
    for (std::size_t i = 0; i < part.size(); ++i) value |= static_cast<std::uint64_t>(part[i]) << (8 * i);
    return value;
  }
  std::string text() {
    const auto part = take(static_cast<std::size_t>(number(1)));
    return std::string(part.begin(), part.end());
  }
  std::int64_t varint() {
    std::uint64_t zigzag = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const std::uint64_t byte = number(1);
      zigzag |= (byte & 0x7F) << shift;
      if ((byte & 0x80) == 0)
        return static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
    }
    ok_ = false;
    return 0;
  }
  std::span<const std::uint8_t> take(std::size_t count) {
    if (count > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const auto part = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return part;
  }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
  bool ok_ = true;
};

// ---- Fields

// Empty, or what is wrong with the fields beside the clip.
std::string complaint(const Dance& dance) {
  if (dance.title.size() > limits::kMaxTitleBytes || !is_plain_utf8(dance.title)) {
    return "the title must be plain UTF-8 text of at most 200 bytes";
  }
  for (const std::string* name : {&dance.style, &dance.model_name}) {
    if (name->size() > kMaxName || !is_plain_utf8(*name))
      return "style and model names must be plain text of at most 64 bytes";
  }
  if (!dance.model_sha256.empty() && !is_sha256_hex(dance.model_sha256))
    return "the model's SHA-256 must be 64 hexadecimal digits";
  if (!(dance.energy >= 0.f && dance.energy <= 1.f)) return "energy must be 0 to 1";
  if (!(dance.tempo_bpm >= 0 && dance.tempo_bpm <= 1000))
    return "the tempo must be 0 (unknown) to 1000 beats per minute";
  if (dance.beats.size() > kMaxBeats) return "there are more than 20000 beats";
  for (std::size_t i = 0; i < dance.beats.size(); ++i) {
    const double t = dance.beats[i];
    if (!(t >= kEarliestBeat && t <= kLatestBeat) || (i > 0 && t < dance.beats[i - 1])) {
      return "beats must be ascending seconds between -10 and 1000";
    }
  }
  if (!dance.beat_in_bar.empty() && dance.beat_in_bar.size() != dance.beats.size())
    return "every beat needs its place in the bar";
  for (int place : dance.beat_in_bar) {
    if (place < 1 || place > kMostBeatsInBar) return "places in the bar must be 1 to 15";
  }
  return {};
}

Bytes write_meta(const Dance& dance) {
  Bytes out;
  put_text(out, dance.title);
  put_text(out, dance.style);
  put_text(out, dance.model_name);
  put_little_endian(out, dance.model_sha256.size() / 2, 1);
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i < dance.model_sha256.size(); i += 2) {
    put_little_endian(out, digit(dance.model_sha256[i]) * 16 + digit(dance.model_sha256[i + 1]), 1);
  }
  put_little_endian(out, dance.seed, 8);
  put_little_endian(out, static_cast<std::uint64_t>(std::lround(dance.energy * 1000.f)), 2);
  put_little_endian(out, static_cast<std::uint64_t>(std::llround(dance.tempo_bpm * 1000)), 4);
  return out;
}

bool read_meta(std::span<const std::uint8_t> bytes, Dance& dance) {
  Reader in(bytes);
  dance.title = in.text();
  dance.style = in.text();
  dance.model_name = in.text();
  const std::uint64_t digest = in.number(1);
  if (digest != 0 && digest != 32) return false;
  for (std::uint8_t byte : in.take(static_cast<std::size_t>(digest))) {
    dance.model_sha256 += "0123456789abcdef"[byte >> 4];
    dance.model_sha256 += "0123456789abcdef"[byte & 15];
  }
  dance.seed = in.number(8);
  dance.energy = static_cast<float>(in.number(2)) / 1000.f;
  dance.tempo_bpm = static_cast<double>(in.number(4)) / 1000;
  return in.finished();
}

Bytes write_beats(const Dance& dance) {
  Bytes out;
  put_little_endian(out, dance.beats.size(), 4);
  std::int64_t time = 0, period = 0;
  for (std::size_t i = 0; i < dance.beats.size(); ++i) {
    const std::int64_t now = std::llround(dance.beats[i] / kTick);
    put_varint(out, now - time - period);
    period = i == 0 ? 0 : now - time;
    time = now;
    put_little_endian(out, dance.beat_in_bar.empty() ? 0 : static_cast<std::uint64_t>(dance.beat_in_bar[i]),
                      1);
  }
  return out;
}

bool read_beats(std::span<const std::uint8_t> bytes, Dance& dance) {
  Reader in(bytes);
  const std::uint64_t count = in.number(4);
  if (count > kMaxBeats) return false;
  std::int64_t time = 0, period = 0;
  bool placed = count > 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::int64_t now = time + period + in.varint();
    if (std::abs(now) > 100'000'000) return false;
    period = i == 0 ? 0 : now - time;
    time = now;
    dance.beats.push_back(static_cast<double>(now) * kTick);
    dance.beat_in_bar.push_back(static_cast<int>(in.number(1)));
    placed = placed && dance.beat_in_bar.back() != 0;
  }
  if (!placed) dance.beat_in_bar.clear();
  return in.finished();
}

void put_section(Bytes& out, std::uint32_t name, const Bytes& body) {
  put_little_endian(out, name, 4);
  put_little_endian(out, body.size(), 4);
  out.insert(out.end(), body.begin(), body.end());
}

// `motion` is the section of the motion, which is not looked into.
Result<Dance> read(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t>& motion) {
  if (bytes.size() > limits::kMaxDanceFileBytes) {
    return Error{ErrorCode::too_large, "this file is larger than 4 MiB; a dance file never is"};
  }
  Reader in(bytes);
  if (in.number(4) != kMagic)
    return Error{ErrorCode::bad_format, "this is not a .dance file; choose one that Terpsi wrote"};
  const std::uint64_t version = in.number(2);
  if (!in.ok() || bytes.size() < 12) return kDamaged;
  if (version > kDanceVersion) {
    return Error{ErrorCode::unsupported, "this dance file is of version " + std::to_string(version) +
                                             ", made by a newer Terpsi; update to open it"};
  }
  Reader check(bytes.last(4));
  if (version == 0 || check.number(4) != crc32(bytes.first(bytes.size() - 4))) return kDamaged;

  Reader body(bytes.subspan(6, bytes.size() - 10));
  const std::uint64_t sections = body.number(2);
  if (sections > kMaxSections) return kDamaged;
  Dance dance;
  bool has_meta = false, has_beats = false, has_move = false;
  for (std::uint64_t i = 0; i < sections; ++i) {
    const std::uint64_t name = body.number(4);
    const auto content = body.take(static_cast<std::size_t>(body.number(4)));
    if (!body.ok()) return kDamaged;
    bool* seen = name == kMeta    ? &has_meta
                 : name == kBeats ? &has_beats
                 : name == kMove  ? &has_move
                                  : nullptr;
    if (seen == nullptr) continue;
    if (*seen) return kDamaged;
    *seen = true;
    if (name == kMeta && !read_meta(content, dance)) return kDamaged;
    if (name == kBeats && !read_beats(content, dance)) return kDamaged;
    if (name == kMove) motion = content;
  }
  if (!body.finished() || !has_meta || !has_move || !complaint(dance).empty()) return kDamaged;
  return dance;
}

}  // namespace

Result<std::vector<std::uint8_t>> write_dance(const Dance& dance) {
  if (const std::string wrong = complaint(dance); !wrong.empty()) {
    return Error{ErrorCode::invalid_argument, "the dance cannot be stored: " + wrong};
  }
  auto move = encode_motion(dance.clip);
  if (!move) return move.error();
  Bytes out;
  put_little_endian(out, kMagic, 4);
  put_little_endian(out, kDanceVersion, 2);
  put_little_endian(out, dance.beats.empty() ? 2 : 3, 2);
  put_section(out, kMeta, write_meta(dance));
  if (!dance.beats.empty()) put_section(out, kBeats, write_beats(dance));
  put_section(out, kMove, *move);
  put_little_endian(out, crc32(out), 4);
  if (out.size() > limits::kMaxDanceFileBytes) {
    return Error{ErrorCode::too_large,
                 "the motion is too irregular to be stored as a dance file (over 4 MiB); export it as BVH"};
  }
  return out;
}

Result<Dance> read_dance(std::span<const std::uint8_t> bytes) {
  std::span<const std::uint8_t> motion;
  auto dance = read(bytes, motion);
  if (!dance) return dance;
  auto clip = decode_motion(motion);
  if (!clip) return clip.error();
  dance->clip = std::move(*clip);
  return dance;
}

Result<DanceHead> read_dance_head(std::span<const std::uint8_t> bytes) {
  std::span<const std::uint8_t> motion;
  auto dance = read(bytes, motion);
  if (!dance) return dance.error();
  const auto head = read_motion_head(motion);
  if (!head) return head.error();
  return DanceHead{std::move(*dance), static_cast<double>(head->frames) / static_cast<double>(head->fps)};
}

}  // namespace terpsi::format
