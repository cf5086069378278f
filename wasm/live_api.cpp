#include "live_api.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "audio/live/live_beat.h"
#include "base/limits.h"

namespace terpsi::wasm {
namespace {

constexpr int kMaxSamples = 1 << 16;

std::optional<audio::LiveBeat> listener;
std::vector<float> room;
Live live{};

}  // namespace
}  // namespace terpsi::wasm

using namespace terpsi;
using namespace terpsi::wasm;

extern "C" {

TERPSI_EXPORT int live_begin(int rate) {
  live = {};
  listener.reset();
  if (rate < limits::kMinSampleRate || rate > limits::kMaxSampleRate) return 0;
  listener.emplace(rate);
  return 1;
}

TERPSI_EXPORT float* live_buffer(int count) {
  if (count < 0 || count > kMaxSamples) return nullptr;
  if (room.size() < static_cast<std::size_t>(count)) room.resize(static_cast<std::size_t>(count));
  return room.data();
}

TERPSI_EXPORT int live_push(int count) {
  if (!listener || count < 0 || static_cast<std::size_t>(count) > room.size()) return 0;
  listener->push({room.data(), static_cast<std::size_t>(count)});
  return 1;
}

TERPSI_EXPORT const Live* live_state() {
  if (!listener) return &live;
  const audio::LiveState& s = listener->state();
  live = {s.received,
          s.heard,
          s.level,
          s.pulse ? 1.0 : 0.0,
          s.confidence,
          s.bpm,
          static_cast<double>(s.beat_in_bar),
          static_cast<double>(s.beats_per_bar),
          s.bar_confidence,
          {}};
  static_assert(std::size(Live{}.next) == audio::kLiveAhead);
  std::copy(s.next.begin(), s.next.end(), live.next);
  return &live;
}
}
