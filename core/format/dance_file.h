#pragma once
// The `.dance` file, version 1: what a share link or an upload carries. One minute takes 15 to 50 KB,
// depending on how lively it is.
//
//   file     magic "TDNC" | u16 version | u16 number of sections | sections | u32 CRC-32 of all before it
//   section  u32 tag | u32 length | bytes
//
//   META     u8 length + title, u8 length + style, u8 length + model name, u8 0 or 32 + SHA-256 of the model,
//            u64 seed, u16 energy x 1000, u32 tempo x 1000
//   BEAT     u32 count, then per beat: zigzag varint of the change of the period in 0.1 ms (the first: of the
//            time), u8 place in bar (0 = unknown)
//   MOVE     see motion_codec.h
//
// Little-endian. Sections come in any order, each once; unknown ones are skipped; META and MOVE are required.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "format/dance.h"

namespace terpsi::format {

inline constexpr std::uint16_t kDanceVersion = 1;

// Rotations and root are kept within 1 cm at every joint, contacts as planted or not, beats within 0.1 ms,
// the rest exactly (energy and tempo to 1/1000). Errors: empty, too_large, invalid_argument (a field that
// dance.h does not allow).
Result<std::vector<std::uint8_t>> write_dance(const Dance& dance);

// Errors: bad_format (not a dance file, or damaged), too_large, unsupported (a newer version). Never yields
// values that dance.h does not allow.
Result<Dance> read_dance(std::span<const std::uint8_t> bytes);

struct DanceHead {
  Dance dance;     // without its frames
  double seconds;  // how long they last
};
// The same without decoding the motion, which may therefore be invalid. Takes microseconds.
Result<DanceHead> read_dance_head(std::span<const std::uint8_t> bytes);

}  // namespace terpsi::format
