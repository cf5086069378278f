// Of core_api.h: dances read from files and written to files.

#include <cstddef>
#include <string>
#include <utility>

#include "base/limits.h"
#include "dance_music.h"
#include "format/dance_file.h"
#include "format/export_table.h"
#include "generate/plan/song_shape.h"
#include "motion/time_warp.h"
#include "session.h"

namespace terpsi::wasm {
namespace {

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
  session.opened = std::move(dance);
}

}  // namespace
}  // namespace terpsi::wasm

using namespace terpsi;
using namespace terpsi::wasm;

extern "C" {

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
  if (dance->clip.size() != session.music.frames) return fail("This dance was made for another song.");
  show_opened(std::move(*dance));
  return 1;
}

TERPSI_EXPORT const char* core_dance_title() {
  return session.opened ? session.opened->title.c_str() : "";
}

TERPSI_EXPORT const char* core_dance_model() {
  return session.opened ? session.opened->model_name.c_str() : "";
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
}
