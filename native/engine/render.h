#pragma once
// The one path from music to a dance, for the command line and the server alike.

#include <functional>

#include "audio/analysis.h"
#include "base/result.h"
#include "generate/condition.h"
#include "generate/finish.h"
#include "generate/model_info.h"
#include "motion/clip.h"
#include "native/engine/engine.h"

namespace terpsi::native {

struct RenderOptions {
  generate::DanceOptions dance;
  generate::FinishOptions finish;
};

struct Render {
  motion::Clip clip;
  generate::Condition condition;
};

struct RenderState {
  double progress;   // network evaluations done / needed, 0 to 1
  int ready_frames;  // frames from the start that will not change any more
};

// Called after every network evaluation; false cancels.
using RenderProgress = std::function<bool(const RenderState&)>;

// Errors: those of make_condition (invalid_argument, not_found), Engine::run and Sampler::feed; cancelled.
Result<Render> render(const audio::MusicAnalysis& music, const generate::ModelInfo& model, Engine& engine,
                      const RenderOptions& options, const RenderProgress& progress = {});

}  // namespace terpsi::native
