#include "core_api.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audio/count/classical_metre.h"
#include "audio/count/metre.h"
#include "audio/count/network_metre.h"
#include "audio/describe/analysis.h"
#include "audio/hear/listener_input.h"
#include "audio/hear/spectral_features.h"
#include "base/limits.h"
#include "dance_music.h"
#include "format/dance_file.h"
#include "format/export_table.h"
#include "format/music_json.h"
#include "generate/finish/finish.h"
#include "generate/finish/troupe.h"
#include "generate/plan/condition.h"
#include "generate/plan/song_shape.h"
#include "generate/plan/style_choice.h"
#include "generate/sample/sampler.h"
#include "manifest/model_info.h"
#include "motion/kinematics.h"
#include "motion/mirror.h"
#include "motion/time_warp.h"
#include "score/listen.h"
#include "score/midi_file.h"
#include "score/render.h"
#include "synth/synth.h"

namespace terpsi::wasm {
namespace {

constexpr int kPoseFloats = 3 + 4 * motion::kJoints + motion::kContacts;
constexpr int kJointFloats = 3 * motion::kJoints;

struct Session {
  std::string error;
  manifest::Manifest manifest;
  const manifest::ModelInfo* model = nullptr;  // into manifest
  audio::Pcm pcm;
  std::vector<std::uint8_t> midi;                // the bytes of a MIDI file, until they are read
  std::optional<score::Score> score;             // what pcm was played from
  std::optional<audio::SpectralFeatures> heard;  // between core_hear and core_count
  std::optional<audio::Metre> written;           // the same: what the score says
  std::vector<float> listener_input, activation;
  audio::MusicAnalysis music;
  generate::DanceOptions options;
  generate::Condition condition;
  std::optional<generate::Sampler> sampler;  // points at model and condition
  std::optional<format::Dance> opened;       // a finished dance in place of the sampler's; clip: unmirrored
  Step step{};
  Info info{};
  std::vector<float> result;
  motion::Clip clip;  // the dance as if for one
  generate::TroupeOptions troupe;
  std::vector<motion::Clip> dancers;  // what is shown, the lead first
  std::vector<float> beats, beat_in_bar, sections, poses, joints, eights, moments;
  std::string style_reason;
  std::vector<std::uint8_t> bytes;
};

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

void pack(const motion::Frame& frame, float* out) {
  for (int k = 0; k < 3; ++k) out[k] = frame.root[k];
  out += 3;
  for (const motion::Quat& q : frame.rotations) {
    *out++ = q.x();
    *out++ = q.y();
    *out++ = q.z();
    *out++ = q.w();
  }
  std::copy(frame.contacts.begin(), frame.contacts.end(), out);
}

// The file in session.bytes, at 30 frames a second.
Result<format::Dance> read_dance_bytes() {
  auto dance = format::read_dance(session.bytes);
  session.bytes = {};
  if (!dance) return dance.error();
  if (!(dance->clip.seconds() <= limits::kMaxAudioSeconds))
    return Error{ErrorCode::too_large, "This dance is longer than 15 minutes. Choose a shorter one."};
  if (dance->clip.fps != static_cast<float>(limits::kFps))
    dance->clip = motion::with_fps(dance->clip, static_cast<float>(limits::kFps));
  return dance;
}

void show_opened(format::Dance dance) {
  forget_dance();
  session.condition.beats = session.music.beats;  // what a troupe needs to know
  session.condition.final_beat = generate::song_shape(session.music).final_beat;
  session.style_reason.clear();
  session.opened = std::move(dance);
}

const std::vector<float>* array(int which) {
  switch (static_cast<Array>(which)) {
    case kPcm:
      return &session.pcm.samples;
    case kWaveform:
      return &session.music.waveform;
    case kBeats:
      return &session.beats;
    case kBeatInBar:
      return &session.beat_in_bar;
    case kSections:
      return &session.sections;
    case kFeatures:
      return &session.music.features;
    case kPoses:
      return &session.poses;
    case kJoints:
      return &session.joints;
    case kListenerInput:
      return &session.listener_input;
    case kEights:
      return &session.eights;
    case kEnergy:
      return &session.music.energy;
    case kMoments:
      return &session.moments;
  }
  return nullptr;
}

}  // namespace
}  // namespace terpsi::wasm

using namespace terpsi;
using namespace terpsi::wasm;

extern "C" {

TERPSI_EXPORT const char* core_error() {
  return session.error.c_str();
}

TERPSI_EXPORT int core_load_manifest(const char* json, int size) {
  forget_dance();
  session.model = nullptr;
  auto manifest = manifest::parse_manifest({json, static_cast<std::size_t>(std::max(0, size))});
  if (!manifest) return fail(manifest.error().message);
  session.manifest = std::move(*manifest);
  if (session.manifest.models.empty()) return fail("The list of models is empty. Reload the page.");
  session.model = &session.manifest.models.front();
  return 1;
}

TERPSI_EXPORT int core_choose_model(const char* name) {
  const manifest::ModelInfo* found = session.manifest.find(name);
  if (found == nullptr) return fail("There is no model called \"" + std::string(name) + "\" here.");
  forget_dance();
  session.model = found;
  return 1;
}

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

TERPSI_EXPORT int core_analyze() {
  return core_hear() != 0 && core_count(0) != 0 ? 1 : 0;
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

TERPSI_EXPORT int core_begin(const char* style, const char* section_styles, float energy, float variation,
                             std::uint32_t seed_low, std::uint32_t seed_high) {
  if (session.model == nullptr) return fail("No model is loaded yet. Reload the page.");
  if (session.music.frames == 0) return fail("There is no song to dance to yet. Choose one first.");
  forget_dance();
  auto places = generate::parse_section_styles(section_styles);
  if (!places) return fail(places.error().message);
  session.options.style = style;
  session.options.section_styles = std::move(*places);
  session.options.energy = energy;
  session.options.variation = variation;
  session.options.seed = (static_cast<std::uint64_t>(seed_high) << 32) | seed_low;
  auto condition = generate::make_condition(session.music, *session.model, session.options);
  if (!condition) return fail(condition.error().message);
  session.condition = std::move(*condition);
  session.style_reason =
      session.options.style == "auto"
          ? generate::choose_style(session.music, *session.model, session.options.seed).reason
          : "";
  session.sampler.emplace(*session.model, session.condition, session.options.seed);
  return 1;
}

TERPSI_EXPORT std::uint8_t* core_dance(int count) {
  if (count < 0 || static_cast<std::size_t>(count) > limits::kMaxDanceFileBytes) {
    fail("This dance file is larger than 4 MB. Choose a smaller one.");
    return nullptr;
  }
  session.bytes.resize(static_cast<std::size_t>(count));
  return session.bytes.data();
}

TERPSI_EXPORT int core_open_dance() {
  auto dance = read_dance_bytes();
  if (!dance) return fail(dance.error().message);
  session.music = music_of(*dance);
  session.score.reset();
  session.heard.reset();
  session.pcm = {};
  const auto frames = static_cast<double>(dance->clip.size());
  show_opened(std::move(*dance));
  fill_music_arrays();
  session.info.frames = frames;
  return 1;
}

TERPSI_EXPORT int core_take_dance() {
  auto dance = read_dance_bytes();
  if (!dance) return fail(dance.error().message);
  if (session.music.frames == 0) return fail("There is no song to dance to yet. Choose one first.");
  if (dance->clip.size() != session.music.frames) return fail("The dance that came is not to this song.");
  show_opened(std::move(*dance));
  return 1;
}

TERPSI_EXPORT const char* core_dance_title() {
  return session.opened ? session.opened->title.c_str() : "";
}

TERPSI_EXPORT const char* core_dance_model() {
  return session.opened ? session.opened->model_name.c_str() : "";
}

TERPSI_EXPORT const char* core_style_name() {
  if (session.opened) return session.opened->style.c_str();
  const auto at = static_cast<std::size_t>(session.condition.style);
  return session.model != nullptr && at < session.model->styles.size()
             ? session.model->styles[at].name.c_str()
             : "";
}

TERPSI_EXPORT const char* core_style_reason() {
  return session.style_reason.c_str();
}

TERPSI_EXPORT int core_next() {
  if (!session.sampler || session.sampler->done()) return 0;
  const generate::StepInput& in = session.sampler->next();
  session.step = {in.batch,
                  session.model->window,
                  session.condition.columns,
                  in.x.data(),
                  in.t.data(),
                  in.cond.data(),
                  in.phrase.data(),
                  in.mask.empty() ? nullptr : in.mask.data()};
  session.result.resize(in.x.size());
  return 1;
}

TERPSI_EXPORT const Step* core_step() {
  return &session.step;
}

TERPSI_EXPORT float* core_result() {
  return session.result.data();
}

TERPSI_EXPORT int core_feed() {
  if (!session.sampler) return fail("The dance was given up.");
  const Status status = session.sampler->feed(session.result);
  return status ? 1 : fail(status.error().message);
}

TERPSI_EXPORT double core_progress() {
  if (session.opened) return 1.0;
  return session.sampler ? session.sampler->progress() : 0.0;
}

TERPSI_EXPORT int core_ready_frames() {
  if (session.opened) return static_cast<int>(session.opened->clip.size());
  return session.sampler ? session.sampler->ready_frames() : 0;
}

TERPSI_EXPORT int core_update(int mirror) {
  if (!session.sampler && !session.opened) return fail("There is no dance yet.");
  session.clip =
      session.opened ? session.opened->clip : generate::finish(session.sampler->motion(), session.condition);
  if (mirror != 0) session.clip = motion::mirrored(session.clip);
  if (session.troupe.dancers > 1 && session.clip.size() > 0) {
    auto made = generate::make_troupe(session.clip, session.condition, session.troupe);
    if (!made) return fail(made.error().message);
    session.dancers = std::move(made->dancers);
  } else {
    session.dancers.assign(1, session.clip);
  }
  session.poses.resize(session.dancers.size() * session.clip.size() * static_cast<std::size_t>(kPoseFloats));
  float* out = session.poses.data();
  for (const motion::Clip& clip : session.dancers) {
    for (const motion::Frame& frame : clip.frames) {
      pack(frame, out);
      out += kPoseFloats;
    }
  }
  return 1;
}

TERPSI_EXPORT int core_set_troupe(int dancers, int formation, float spacing) {
  const auto wide = static_cast<double>(spacing);
  if (dancers < 1 || dancers > limits::kMaxDancers || formation < 0 || formation > 2 ||
      !(wide >= limits::kMinSpacing && wide <= limits::kMaxSpacing))
    return fail("There can be 1 to 8 dancers, 0.5 to 10 metres apart.");
  session.troupe.dancers = dancers;
  session.troupe.formation = static_cast<generate::Formation>(formation);
  session.troupe.spacing = spacing;
  return 1;
}

TERPSI_EXPORT int core_dancers() {
  return static_cast<int>(session.dancers.size());
}

TERPSI_EXPORT int core_place_joints(int dancer) {
  session.joints.clear();
  if (dancer < 0 || dancer >= core_dancers()) return fail("There is no such dancer.");
  const motion::Clip& clip = session.dancers[static_cast<std::size_t>(dancer)];
  session.joints.reserve(clip.size() * static_cast<std::size_t>(kJointFloats));
  for (const motion::Frame& frame : clip.frames) {
    for (const motion::Vec3& p : motion::joint_positions(frame))
      session.joints.insert(session.joints.end(), {p.x(), p.y(), p.z()});
  }
  return 1;
}

TERPSI_EXPORT const char* core_formats() {
  static const std::string kJson = format::export_formats_json();
  return kJson.c_str();
}

TERPSI_EXPORT int core_export(const char* extension, const char* title, int dancer) {
  const format::ExportFormat* found = format::find_format(extension);
  if (found == nullptr) return fail("Dances are saved as " + format::extension_list() + ".");
  if (session.clip.size() == 0) return fail("There is no dance to save yet.");
  if (dancer < 0 || dancer >= core_dancers()) return fail("There is no such dancer.");
  format::Dance dance;
  // The lead as it is alone: in a troupe the other dancers may move it aside.
  dance.clip = found->every_dancer ? session.dancers[static_cast<std::size_t>(dancer)] : session.clip;
  dance.title = title;
  dance.style = core_style_name();
  if (session.opened) {
    dance.seed = session.opened->seed;
    dance.energy = session.opened->energy;
    dance.model_name = session.opened->model_name;
    dance.model_sha256 = session.opened->model_sha256;
  } else {
    dance.seed = session.options.seed;
    dance.energy = session.options.energy;
    dance.model_name = session.model->name;
    dance.model_sha256 = session.model->sha256;
  }
  dance.tempo_bpm = session.music.tempo_bpm;
  dance.beats = session.music.beats;
  dance.beat_in_bar = session.music.beat_in_bar;
  const auto bytes = found->write(dance);
  if (!bytes) return fail(bytes.error().message);
  session.bytes.assign(bytes->begin(), bytes->end());
  return 1;
}

TERPSI_EXPORT int core_write_bvh(int dancer) {
  return core_export("bvh", "", dancer);
}

TERPSI_EXPORT int core_write_dance(const char* title) {
  return core_export("dance", title, 0);
}

TERPSI_EXPORT int core_music_json() {
  if (session.music.frames == 0) return fail("There is no song to dance to yet. Choose one first.");
  const std::string text = format::music_to_json(session.music);
  session.bytes.assign(text.begin(), text.end());
  return 1;
}

TERPSI_EXPORT const std::uint8_t* core_bytes() {
  return session.bytes.data();
}

TERPSI_EXPORT int core_bytes_size() {
  return static_cast<int>(session.bytes.size());
}
}
