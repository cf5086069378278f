#pragma once
// The flat ABI between the page's worker (web/src/core.ts) and the core: one song and one dance at a time, on
// one thread. Functions that can fail return 1 on success and 0 on failure; core_error then has a sentence
// for the viewer. Pointers are valid until the next call that changes what they point to; the worker reads
// and writes the heap in place.
//
//   core_load_manifest(json, size);                  // models/manifest.json
//   memcpy(core_pcm(count, rate), ...);
//   core_hear();                                     // core_array(kListenerInput): for the beat network
//   memcpy(core_activation(), ...);                  // its answer
//   core_count(1);                                   // core_info(), core_array(...)
//   core_begin("hiphop", "B=house, 4=break", 0.5, 0.3, 1, 0);
//   while (core_next()) {                            // core_step(): the network's input
//     memcpy(core_result(), ...);                    // its output
//     core_feed();
//     if (core_ready_frames() > shown) core_update(0);  // core_array(kPoses): the dance so far
//   }
//   core_set_troupe(3, 2, 1.5);
//   core_update(0);                                  // core_array(kPoses): three dancers
//   core_export("bvh", "My song", 2);               // core_bytes(), core_bytes_size(): the third dancer

#include <cstdint>

#include "core_abi.h"

#ifdef __EMSCRIPTEN__
#include <emscripten/emscripten.h>
#define TERPSI_EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define TERPSI_EXPORT
#endif

extern "C" {
const char* core_error();
const terpsi::wasm::Info* core_info();
const float* core_array(int which);
int core_array_size(int which);

// ---- Models

int core_load_manifest(const char* json, int size);
// Chooses a model of the manifest by name; the first is the default.
int core_choose_model(const char* name);

// ---- Songs

// Room for `count` mono samples at `rate` Hz; null when that exceeds limits.h.
float* core_pcm(int count, int rate);
// The page's own song, into kPcm.
int core_demo_song();
// Room for the bytes of a MIDI file; null when that exceeds limits.h.
std::uint8_t* core_midi(int count);
// Reads them and plays the score into kPcm. The next core_hear takes beats and bars from the score:
// kListenerInput is then empty, and core_count(0) follows.
int core_load_midi();
// A song without an ending at a steady tempo, to dance to while the music heard is not known yet: 4 sections
// of 8 bars of 4 beats, the third and fourth like the first two. Into kPcm; core_info and the arrays as after
// core_count, with the exact beats. bpm: 60 to 200.
int core_steady_song(double bpm);
// Listens to kPcm, up to the input of the beat network. Forgets the dance.
int core_hear();
float* core_activation();  // room for the network's output: rows x 2
// Counts what was heard; network: 1 from core_activation, 0 without a network.
int core_count(int network);
// What a server needs of the song to dance to it (format/music_json.h), into core_bytes.
int core_music_json();

// ---- Dances

// Starts a dance to the counted song. style: a name of the model, or "auto". section_styles: where another
// style is danced, in the notation of generate/plan/section_styles.h ("" for nowhere); sections are those of
// kSections. energy and variation: 0 to 1. The seed comes in two halves.
int core_begin(const char* style, const char* section_styles, float energy, float variation,
               std::uint32_t seed_low, std::uint32_t seed_high);
const char* core_style_name();
const char* core_style_reason();  // why "auto" chose it; empty when the viewer chose
// 1: run the network on core_step; 0: all frames are made.
int core_next();
const terpsi::wasm::Step* core_step();
float* core_result();  // room for the network's output: batch x window x kMotionDims
int core_feed();
double core_progress();   // 0 to 1
int core_ready_frames();  // frames that can be shown
// For how many dancers the next core_update finishes: 1 to 8, a generate::Formation, metres between
// neighbours. Stays until it is set again; one dancer at first.
int core_set_troupe(int dancers, int formation, float spacing);
// Finishes what is ready (feet, beats, stage, opening, ending, then the other dancers) and fills kPoses, the
// lead first. Frames before the last second of an unfinished dance do not change any more, except for the
// places of several dancers, which move apart when the dance comes to need the room.
int core_update(int mirror);
int core_dancers();                 // in kPoses
int core_place_joints(int dancer);  // kJoints of one of them

// ---- Files

// Room for the bytes of a dance file (format/dance_file.h); null when that exceeds limits.h.
std::uint8_t* core_dance(int count);
// Reads them and shows the dance by itself: forgets the song. core_info, kBeats, kBeatInBar and kEnergy tell
// what the file knows of it (kEnergy: how much the dancer moves); kWaveform, kSections and kPcm are empty,
// and core_begin fails until there is a song. core_update and the writers work as for any dance.
int core_open_dance();
// Reads them and shows the dance as one to the song that is loaded, which stays. Fails when the number of
// frames differs from the song's.
int core_take_dance();
const char* core_dance_title();  // of the file; empty for dances made here
const char* core_dance_model();  // the model that made it, as the file says
// The formats that dances can be saved in, as JSON: [{"extension", "mime", "label", "every_dancer", "readable"}]
// (format/export_table.h).
const char* core_formats();
// A file in one of them, into core_bytes: of `dancer`, 0 the lead; of the lead alone unless every_dancer.
int core_export(const char* extension, const char* title, int dancer);
const std::uint8_t* core_bytes();
int core_bytes_size();
}
