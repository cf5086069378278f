#pragma once
// Writes MIDI files for the tests, byte by byte from the standard; shares nothing with the reader.

#include <cstdint>
#include <string>
#include <vector>

namespace terpsi::score::testing {

using Bytes = std::vector<std::uint8_t>;

// Events of one track; `delta` is in ticks since the event before.
class Track {
 public:
  Track& raw(std::uint32_t delta, std::initializer_list<int> bytes) {
    number(delta);
    for (const int b : bytes) bytes_.push_back(static_cast<std::uint8_t>(b));
    return *this;
  }
  Track& on(std::uint32_t delta, int channel, int pitch, int velocity = 100) {
    return raw(delta, {0x90 | channel, pitch, velocity});
  }
  Track& off(std::uint32_t delta, int channel, int pitch) { return raw(delta, {0x80 | channel, pitch, 64}); }
  Track& control(std::uint32_t delta, int channel, int which, int value) {
    return raw(delta, {0xb0 | channel, which, value});
  }
  Track& program(std::uint32_t delta, int channel, int value) { return raw(delta, {0xc0 | channel, value}); }
  Track& tempo(std::uint32_t delta, int microseconds) {
    return raw(delta, {0xff, 0x51, 3, microseconds >> 16 & 255, microseconds >> 8 & 255, microseconds & 255});
  }
  Track& signature(std::uint32_t delta, int numerator, int power) {
    return raw(delta, {0xff, 0x58, 4, numerator, power, 24, 8});
  }
  Track& name(std::uint32_t delta, const std::string& text) {
    raw(delta, {0xff, 0x03, static_cast<int>(text.size())});
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  Track& end(std::uint32_t delta = 0) { return raw(delta, {0xff, 0x2f, 0}); }

  const Bytes& bytes() const { return bytes_; }

 private:
  void number(std::uint32_t value) {  // most significant seven bits first
    int shift = 21;
    while (shift > 0 && (value >> shift) == 0) shift -= 7;
    for (; shift > 0; shift -= 7) bytes_.push_back(static_cast<std::uint8_t>(0x80 | (value >> shift & 0x7f)));
    bytes_.push_back(static_cast<std::uint8_t>(value & 0x7f));
  }

  Bytes bytes_;
};

inline void put(Bytes& out, std::uint32_t value, int bytes) {
  while (bytes-- > 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * bytes) & 255));
}

inline void put(Bytes& out, const std::string& text) {
  out.insert(out.end(), text.begin(), text.end());
}

inline Bytes chunk(const std::string& kind, const Bytes& body) {
  Bytes out;
  put(out, kind);
  put(out, static_cast<std::uint32_t>(body.size()), 4);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

inline Bytes header(int format, int tracks, int division) {
  Bytes body;
  put(body, static_cast<std::uint32_t>(format), 2);
  put(body, static_cast<std::uint32_t>(tracks), 2);
  put(body, static_cast<std::uint32_t>(division), 2);
  return chunk("MThd", body);
}

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Bytes file(int format, int division, const std::vector<Track>& tracks) {
  Bytes out = header(format, static_cast<int>(tracks.size()), division);
  for (const Track& track : tracks) out = out + chunk("MTrk", track.bytes());
  return out;
}

}  // namespace terpsi::score::testing
