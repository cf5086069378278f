// Of core_api.h: songs, and what is heard in them.

#include <cstddef>
#include <string>
#include <utility>

#include "audio/count/classical_metre.h"
#include "audio/count/network_metre.h"
#include "audio/hear/listener_input.h"
#include "base/limits.h"
#include "format/music_json.h"
#include "score/listen.h"
#include "score/midi_file.h"
#include "score/render.h"
#include "session.h"
#include "synth/synth.h"

namespace terpsi::wasm {
static_assert(kListenerColumns == audio::kListenerColumns && kAnalysisRate == audio::kAnalysisRate);
}

using namespace terpsi;
using namespace terpsi::wasm;

extern "C" {

TERPSI_EXPORT float* core_pcm(int count, int rate) {
  if (rate < limits::kMinSampleRate || rate > limits::kMaxSampleRate) {
    fail("A sample rate of " + std::to_string(rate) + " Hz is not supported (8 to 192 kHz).");
    return nullptr;
  }
  if (count < 0 || count > (limits::kMaxAudioSeconds + 1.0) * rate) {
    fail("This song is longer than 15 minutes. Choose a shorter one, or cut it.");
    return nullptr;
  }
  session.score.reset();
  session.pcm.sample_rate = rate;
  session.pcm.samples.resize(static_cast<std::size_t>(count));
  return session.pcm.samples.data();
}

TERPSI_EXPORT int core_demo_song() {
  auto song = synth::synthesize_song({});
  if (!song) return fail(song.error().message);
  session.score.reset();
  session.pcm = std::move(song->pcm);
  return 1;
}

TERPSI_EXPORT std::uint8_t* core_midi(int count) {
  if (count < 0 || static_cast<std::size_t>(count) > limits::kMaxMidiBytes) {
    fail("This MIDI file is larger than 16 MB. Choose a smaller one.");
    return nullptr;
  }
  session.midi.resize(static_cast<std::size_t>(count));
  return session.midi.data();
}

TERPSI_EXPORT int core_load_midi() {
  session.score.reset();
  session.pcm = {};
  auto score = score::read_midi(session.midi);
  session.midi = {};
  if (!score) return fail(score.error().message);
  session.pcm = score::render(*score);
  session.score = std::move(*score);
  return 1;
}

TERPSI_EXPORT int core_steady_song(double bpm) {
  forget_dance();
  session.music = {};
  session.score.reset();
  if (!(bpm >= 60 && bpm <= 200)) return fail("The tempo must lie between 60 and 200 beats per minute.");
  synth::SongSpec spec;
  spec.bpm = bpm;
  spec.lead_in = 0;
  spec.form = {
      {synth::Part::verse, 8}, {synth::Part::chorus, 8}, {synth::Part::verse, 8}, {synth::Part::chorus, 8}};
  auto song = synth::synthesize_song(spec);
  if (!song) return fail(song.error().message);
  session.pcm = std::move(song->pcm);
  auto heard = audio::spectral_features(session.pcm);
  if (!heard) return fail(heard.error().message);
  audio::Metre metre;
  metre.beats = std::move(song->score.beats);
  metre.beat_in_bar = std::move(song->score.beat_in_bar);
  metre.bpm = bpm;
  metre.confidence = 1;
  session.music = audio::describe(*heard, std::move(metre));
  fill_music_arrays();
  return 1;
}

TERPSI_EXPORT int core_hear() {
  forget_dance();
  session.music = {};
  auto heard = audio::spectral_features(session.pcm);
  if (!heard) return fail(heard.error().message);
  session.heard = std::move(*heard);
  session.written.reset();
  session.listener_input.clear();
  if (session.score) session.written = score::written_metre(*session.score, *session.heard);
  if (!session.written) session.listener_input = audio::listener_input(*session.heard);
  session.activation.assign(session.listener_input.size() / audio::kListenerColumns * 2, 0.0f);
  return 1;
}

TERPSI_EXPORT float* core_activation() {
  return session.activation.data();
}

TERPSI_EXPORT int core_count(int network) {
  if (!session.heard) return fail("No song has been heard yet. Choose one first.");
  audio::Metre metre = session.written ? std::move(*session.written)
                       : network != 0  ? audio::network_metre(*session.heard, session.activation)
                                       : audio::classical_metre(*session.heard);
  session.music = audio::describe(*session.heard, std::move(metre));
  session.heard.reset();
  session.written.reset();
  session.listener_input = {};
  session.activation = {};
  fill_music_arrays();
  return 1;
}

TERPSI_EXPORT int core_music_json() {
  if (session.music.frames == 0) return fail("There is no song to dance to yet. Choose one first.");
  const std::string text = format::music_to_json(session.music);
  session.bytes.assign(text.begin(), text.end());
  return 1;
}
}
