#pragma once
// Numbers and layouts shared by the core and the page. web/generate.mjs turns them into
// web/src/generated/abi.ts: every enumerator and every field of a struct stands on a line of its own, with
// its comment.

#include <cstdint>

namespace terpsi::wasm {

inline constexpr int kPoseFloats = 103;      // a frame: root 3, 24 quaternions x y z w, contacts 4
inline constexpr int kJointFloats = 72;      // a frame: world positions of 24 joints, metres
inline constexpr int kMotionDims = 151;      // a frame of the dance network: motion/motion_vector.h
inline constexpr int kListenerColumns = 52;  // a row of the beat network's input: audio/hear/listener_input.h
inline constexpr int kAnalysisRate = 22050;  // Hz, of songs that the core makes or plays itself

// Float arrays of core_array.
enum CoreArray : int {
  kPcm,            // samples of core_pcm, core_demo_song or core_load_midi
  kWaveform,       // 60 peaks a second
  kBeats,          // seconds
  kBeatInBar,      // 1 = downbeat
  kSections,       // start, end, label; three per section
  kFeatures,       // frames x 48
  kPoses,          // dancers x frames x kPoseFloats
  kJoints,         // frames x kJointFloats, of one dancer; filled by core_place_joints
  kListenerInput,  // rows x kListenerColumns; filled by core_hear; empty when a score is counted
  kEights,         // starts of the counts of 8, seconds
  kEnergy,         // 30 a second, 0 to 1
  kMoments,        // kind (0 build-up, 1 drop, 2 breakdown), start, end, strength; four per moment
};

// Of core_info.
struct Info {
  double duration;  // seconds
  double tempo_bpm;
  double beats_per_bar;
  double beat_confidence;  // 0 to 1
  double frames;
  double sample_rate;  // of kPcm
};

// Of core_step; pointers are heap addresses.
struct Step {
  std::int32_t batch;
  std::int32_t window;
  std::int32_t columns;
  const float* x;              // batch x window x kMotionDims
  const float* t;              // batch
  const float* cond;           // batch x window x columns
  const std::int32_t* phrase;  // batch x window
  const float* mask;           // batch x window x kMotionDims; null when the model takes none
};

// Of live_state; times are seconds of the stream, as in audio::LiveState.
struct Live {
  double received;
  double heard;
  double level;
  double pulse;  // 0 or 1
  double confidence;
  double bpm;
  double beat_in_bar;  // of the next beat
  double beats_per_bar;
  double bar_confidence;
  double next[8];  // coming beats; 0 without a pulse
};

}  // namespace terpsi::wasm
