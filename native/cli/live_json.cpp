#include "native/cli/live_json.h"

#include <algorithm>
#include <span>

#include "audio/live/live_beat.h"
#include "base/json_fields.h"

namespace terpsi::native {
namespace {

constexpr std::size_t kBlock = 128;  // what browsers hand over at a time
constexpr double kCourseStep = 0.5;  // seconds

}  // namespace

nlohmann::ordered_json live_json(const audio::Pcm& pcm) {
  auto beats = nlohmann::ordered_json::array(), downbeats = beats, course = beats;
  audio::LiveBeat live(pcm.sample_rate);
  std::int64_t said = 0;
  double due = 0;
  const std::clock_t began = std::clock();
  for (std::span<const float> rest(pcm.samples); !rest.empty();) {
    const std::size_t block = std::min(kBlock, rest.size());
    live.push(rest.first(block));
    rest = rest.subspan(block);
    const audio::LiveState& s = live.state();
    if (s.beats != said) {
      said = s.beats;
      beats.push_back(rounded(s.last_beat));
      if (s.last_beat_in_bar == 1) downbeats.push_back(rounded(s.last_beat));
    }
    if (s.received >= due) {
      due += kCourseStep;
      course.push_back({rounded(s.received), rounded(s.bpm), rounded(s.confidence)});
    }
  }
  const double took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  nlohmann::ordered_json json;
  json["duration"] = rounded(pcm.seconds());
  json["lead"] = audio::kLiveLead;
  json["tempo_bpm"] = rounded(live.state().bpm);
  json["confidence"] = rounded(live.state().confidence);
  json["load"] = rounded(took / pcm.seconds());
  json["beats"] = std::move(beats);
  json["downbeats"] = std::move(downbeats);
  json["course"] = std::move(course);
  return json;
}

}  // namespace terpsi::native
