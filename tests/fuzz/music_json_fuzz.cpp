// Reads arbitrary bytes as the JSON of a song; what is read keeps the promises of MusicAnalysis, can be
// danced to, and can be written and read again.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json_fields.h"
#include "base/limits.h"
#include "core/generate/fixture.h"
#include "format/music_json.h"
#include "generate/plan/condition.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto model = terpsi::test::small_model();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = terpsi::parse_json(text, terpsi::limits::kMaxJsonDepth);
  if (!json) return 0;
  const auto music = terpsi::format::music_from_json(*json);
  if (!music) {
    check(music.error().message.size() > 20);
    return 0;
  }
  check(music->duration >= terpsi::limits::kMinAudioSeconds &&
        music->duration <= terpsi::limits::kMaxAudioSeconds);
  check(music->frames >= 1 && music->frames <= static_cast<std::size_t>(terpsi::limits::kMaxFrames));
  check(music->loudness.size() == music->frames && music->onset.size() == music->frames);
  check(music->beats.size() == music->beat_in_bar.size());
  for (std::size_t i = 0; i < music->beats.size(); ++i)
    check(std::isfinite(music->beats[i]) && (i == 0 || music->beats[i] > music->beats[i - 1]));
  for (const float v : music->loudness) check(std::isfinite(v));
  for (const float v : music->onset) check(std::isfinite(v));
  const auto condition = terpsi::generate::make_condition(*music, model, {});
  if (condition) {
    check(condition->frames == static_cast<int>(music->frames));
    for (const float v : condition->values) check(std::isfinite(v));
  }
  check(terpsi::parse_json(terpsi::format::music_to_json(*music), terpsi::limits::kMaxJsonDepth).has_value());
  return 0;
}
