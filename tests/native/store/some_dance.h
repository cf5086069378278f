#pragma once
// Small dances, all different, as files.

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "format/dance_file.h"
#include "native/io/id.h"
#include "native/store/dance_store.h"

namespace terpsi::test {

inline std::vector<std::uint8_t> some_dance(std::uint64_t seed, int frames = 40) {
  format::Dance dance;
  dance.title = "Dance " + std::to_string(seed);
  dance.seed = seed;
  for (int i = 0; i < frames; ++i) {
    motion::Frame frame;
    frame.root.x() = 0.01f * static_cast<float>(i);
    dance.clip.frames.push_back(frame);
  }
  auto file = format::write_dance(dance);
  REQUIRE(file.ok());
  return std::move(*file);
}

inline std::string digest_of(const std::string& token) {
  return sha256_hex(bytes_of(token));
}

inline native::DanceRecord some_record(std::uint64_t seed, int frames = 40) {
  native::DanceRecord record;
  record.id = native::new_id();
  record.token_sha256 = digest_of("token");
  record.title = "Dance " + std::to_string(seed);
  record.frames = frames;
  record.created = 1700000000;
  return record;
}

}  // namespace terpsi::test
