#pragma once
// What the functions of core_api.h work on: one song and one dance at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audio/count/metre.h"
#include "audio/describe/analysis.h"
#include "core_api.h"
#include "format/dance.h"
#include "generate/finish/troupe.h"
#include "generate/plan/condition.h"
#include "generate/sample/sampler.h"
#include "manifest/model_info.h"
#include "score/score.h"

namespace terpsi::wasm {

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
  std::vector<float> beats, beat_in_bar, sections, eights, moments;  // of music, for core_array
  Info info{};

  generate::DanceOptions options;
  generate::Condition condition;
  std::optional<generate::Sampler> sampler;  // points at model and condition
  std::optional<format::Dance> opened;       // a finished dance in place of the sampler's; clip: unmirrored
  Step step{};
  std::vector<float> result;
  motion::Clip clip;  // the dance as if for one
  generate::TroupeOptions troupe;
  std::vector<motion::Clip> dancers;  // what is shown, the lead first
  std::vector<float> poses, joints;
  std::vector<std::uint8_t> bytes;  // of a file read or written
};

extern Session session;

// Keeps the sentence for core_error; returns 0.
int fail(std::string message);
void forget_dance();
// Fills what core_info and core_array tell of session.music.
void fill_music_arrays();

}  // namespace terpsi::wasm
