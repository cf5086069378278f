#include "session.h"

#include <array>
#include <utility>

#include "generate/plan/song_shape.h"

namespace terpsi::wasm {

Session session;

int fail(std::string message) {
  session.error = std::move(message);
  return 0;
}

void forget_dance() {
  session.sampler.reset();
  session.opened.reset();
  session.condition = {};
  session.clip = {};
  session.dancers.clear();
  session.poses.clear();
  session.joints.clear();
}

void fill_music_arrays() {
  const audio::MusicAnalysis& music = session.music;
  session.beats.clear();
  session.beat_in_bar.clear();
  session.sections.clear();
  for (double beat : music.beats) session.beats.push_back(static_cast<float>(beat));
  for (int count : music.beat_in_bar) session.beat_in_bar.push_back(static_cast<float>(count));
  const generate::SongShape shape = generate::song_shape(music);
  for (const audio::Section& s : shape.sections) {
    session.sections.insert(session.sections.end(), {static_cast<float>(s.start), static_cast<float>(s.end),
                                                     static_cast<float>(s.label)});
  }
  session.eights.assign(music.eights.begin(), music.eights.end());
  session.moments.clear();
  for (const audio::Moment& m : music.moments) {
    session.moments.insert(session.moments.end(),
                           {static_cast<float>(m.kind), static_cast<float>(m.start),
                            static_cast<float>(m.end), static_cast<float>(m.strength)});
  }
  session.info = {music.duration,
                  music.tempo_bpm,
                  static_cast<double>(music.beats_per_bar),
                  music.beat_confidence,
                  static_cast<double>(music.frames),
                  static_cast<double>(session.pcm.sample_rate)};
}

namespace {

// By CoreArray.
constexpr std::array kArrays = {&session.pcm.samples, &session.music.waveform, &session.beats,
                                &session.beat_in_bar, &session.sections,       &session.music.features,
                                &session.poses,       &session.joints,         &session.listener_input,
                                &session.eights,      &session.music.energy,   &session.moments};
static_assert(kArrays.size() == kMoments + 1);

const std::vector<float>* array(int which) {
  return which < 0 || which > kMoments ? nullptr : kArrays[static_cast<std::size_t>(which)];
}

}  // namespace
}  // namespace terpsi::wasm

using namespace terpsi;
using namespace terpsi::wasm;

extern "C" {

TERPSI_EXPORT const char* core_error() {
  return session.error.c_str();
}

TERPSI_EXPORT const Info* core_info() {
  return &session.info;
}

TERPSI_EXPORT const float* core_array(int which) {
  const auto* values = array(which);
  return values == nullptr ? nullptr : values->data();
}

TERPSI_EXPORT int core_array_size(int which) {
  const auto* values = array(which);
  return values == nullptr ? 0 : static_cast<int>(values->size());
}

TERPSI_EXPORT const std::uint8_t* core_bytes() {
  return session.bytes.data();
}

TERPSI_EXPORT int core_bytes_size() {
  return static_cast<int>(session.bytes.size());
}
}
