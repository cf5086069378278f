#pragma once
// The flat ABI between the page's worker (web/src/core.ts) and the core. One song and one dance at a time,
// one thread. Functions that can fail return 1 on success and 0 on failure; core_error() then has a sentence
// for the viewer. Pointers stay valid until the next call that changes what they point to; the worker reads
// and writes the heap in place.
//
//   core_load_manifest(json, size);                        // models/manifest.json
//   memcpy(core_pcm(count, rate), ...);  core_analyze();   // core_info(), core_array(...)
//   core_begin("hiphop", "B=house, 4=break", 0.5, 0.3, 1, 0);
//   while (core_next()) {                                  // core_step(): what to run
//     memcpy(core_result(), ...); core_feed();             // what came out
//     if (core_ready_frames() > shown) core_update(0);     // core_array(kPoses): dance so far
//   }
//   core_set_troupe(3, 2, 1.5); core_update(0);            // core_array(kPoses): three dancers
//   core_export("bvh", "My song", 2);                      // core_bytes(), core_bytes_size(): the third

#include <cstdint>

#ifdef __EMSCRIPTEN__
#include <emscripten/emscripten.h>
#define TERPSI_EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define TERPSI_EXPORT
#endif

namespace terpsi::wasm {

// Float arrays the worker can ask for.
enum Array : int {
  kPcm,            // samples of core_pcm, core_demo_song or core_load_midi
  kWaveform,       // 60 peaks a second
  kBeats,          // seconds
  kBeatInBar,      // 1 = downbeat
  kSections,       // start, end, label; three per section
  kFeatures,       // frames x 48
  kPoses,          // dancers x frames x 103: root 3, 24 quaternions x y z w, contacts 4
  kJoints,         // frames x 72: world positions of one dancer, metres; made by core_place_joints
  kListenerInput,  // rows x 52: made by core_hear (audio/hear/listener_input.h); empty: a score is counted
  kEights,         // starts of the counts of 8, seconds
  kEnergy,         // 30 a second, 0 to 1
  kMoments,        // kind (0 build-up, 1 drop, 2 breakdown), start, end, strength; four per moment
};

// core_info(), in this order.
struct Info {
  double duration;  // seconds
  double tempo_bpm;
  double beats_per_bar;
  double beat_confidence;  // 0 to 1
  double frames;
  double sample_rate;  // of kPcm
};

// core_step(), in this order; pointers are heap addresses.
struct Step {
  std::int32_t batch, window, columns;
  const float* x;              // batch x window x 151
  const float* t;              // batch
  const float* cond;           // batch x window x columns
  const std::int32_t* phrase;  // batch x window
  const float* mask;           // batch x window x 151; null where the model takes none
};

}  // namespace terpsi::wasm

extern "C" {
const char* core_error();

int core_load_manifest(const char* json, int size);
// Chooses a model of the manifest by name; the first is chosen already.
int core_choose_model(const char* name);

// Room for `count` mono samples at `rate` Hz; null when that is more than limits.h allows.
float* core_pcm(int count, int rate);
// The page's own song, into kPcm.
int core_demo_song();
// Room for the bytes of a MIDI file; null when that is more than limits.h allows.
std::uint8_t* core_midi(int count);
// Reads them and plays the score into kPcm. What is listened to next takes its beats and bars from the score:
// then kListenerInput is empty, and core_count(0) follows.
int core_load_midi();
// A song without an ending at a steady tempo, to dance to when the music heard is not known yet: 4 sections
// of 8 bars of 4 beats, the third and fourth as the first two. Into kPcm; core_info and the arrays as after
// core_analyze, with the exact beats. bpm: 60 to 200.
int core_steady_song(double bpm);
// Listens to kPcm in two steps. Forgets the dance.
//   core_hear();                                           // core_array(kListenerInput): for the beat
//   network memcpy(core_activation(), ...); core_count(1);         // its answer; or core_count(0): without a
//   network
int core_hear();
float* core_activation();  // room for rows x 2
int core_count(int network);
// Both, without a network.
int core_analyze();
const terpsi::wasm::Info* core_info();

const float* core_array(int which);
int core_array_size(int which);

// Starts a dance to the analysed song. style: a name of the model, or "auto". section_styles: where another
// style is danced, as generate/section_styles.h reads it ("" for nowhere); sections are those of kSections.
// energy and variation: 0 to 1. The seed comes in two halves.
int core_begin(const char* style, const char* section_styles, float energy, float variation,
               std::uint32_t seed_low, std::uint32_t seed_high);
const char* core_style_name();    // the style danced
const char* core_style_reason();  // why "auto" chose it; empty where the viewer chose
// 1: the network is to be run on core_step(); 0: all frames are made.
int core_next();
const terpsi::wasm::Step* core_step();
float* core_result();  // room for the network's answer, batch x window x 151
int core_feed();
double core_progress();   // 0 to 1
int core_ready_frames();  // frames that can be shown
// A dance file (format/dance_file.h) in place of a dance that is made here. Room for its bytes; null when
// that is more than limits.h allows.
std::uint8_t* core_dance(int count);
// Reads them and shows the dance by itself: forgets the song. core_info and kBeats, kBeatInBar, kEnergy tell
// what the file knows of it (kEnergy: how much the dancer moves); kWaveform, kSections, kPcm are empty, and
// core_begin fails until there is a song. core_update and the files follow as for any dance.
int core_open_dance();
// Reads them and shows the dance as that of the song that is there, which stays. Fails when it has another
// number of frames than the song.
int core_take_dance();
const char* core_dance_title();  // of the file; empty for dances made here
const char* core_dance_model();  // the model that made it, as the file says
// For how many the next core_update finishes: `dancers` (1 to 8), formation 0 unison, 1 mirror, 2 canon
// (generate/troupe.h), `spacing` metres between neighbours. Stays until it is set again; one dancer at first.
int core_set_troupe(int dancers, int formation, float spacing);
// Finishes what is ready (feet, beats, stage, opening, ending; then the other dancers) and fills kPoses, the
// lead first. Frames before the last second of an unfinished dance stay as they were, but for the places of
// several dancers: those move apart when the dance comes to need it.
int core_update(int mirror);
int core_dancers();                 // in kPoses
int core_place_joints(int dancer);  // kJoints of one of them

// Every format dances can be saved in, as JSON: [{"extension", "mime", "label", "every_dancer", "readable"}]
// (format/export_table.h).
const char* core_formats();
// A file of one of these, into core_bytes(): of `dancer`, 0 the lead; the lead alone where not every_dancer.
//   core_export("glb", "My song", 1)
int core_export(const char* extension, const char* title, int dancer);
int core_write_bvh(int dancer);
int core_write_dance(const char* title);
// What a server needs of the song to dance to it (format/music_json.h), into core_bytes().
int core_music_json();
const std::uint8_t* core_bytes();
int core_bytes_size();
}
