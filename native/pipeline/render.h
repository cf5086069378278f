#pragma once
// From music to a finished dance, with a network: the one path of command line and server.

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "audio/music.h"
#include "base/result.h"
#include "format/dance.h"
#include "generate/choose/best_of.h"
#include "generate/constrain/constraints.h"
#include "generate/finish/finish.h"
#include "generate/finish/troupe.h"
#include "generate/plan/condition.h"
#include "manifest/model_info.h"
#include "motion/clip.h"
#include "native/networks/generator.h"

namespace terpsi::native {

struct RenderOptions {
  generate::DanceOptions dance = {};
  generate::FinishOptions finish = {};
  generate::Constraints constraints = {};
  generate::TroupeOptions troupe = {};
  int steps = 0;  // network evaluations of each window, evenly spaced; 0: the model's times
  std::optional<float> guidance = {};  // the model's own when not given
  int candidates = 1;                  // dances sampled of each section; the best is kept (best_of.h)
};

struct Render {
  motion::Clip clip;                 // of the first dancer
  std::vector<motion::Clip> others;  // of the other dancers (troupe.h), as long as the first
  generate::Condition condition;
  std::vector<generate::Choice> choices;  // with more than one candidate: which was kept where
};

struct RenderStep {
  double progress;   // network evaluations done / needed, 0 to 1
  int ready_frames;  // frames from the start that will not change any more
};

// Whether render() would accept these, found out without the network. Errors: those of make_condition,
// validate (constraints) and the options of render; empty (fewer than two beats).
Status check_render(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                    const RenderOptions& options);

// Called after every network evaluation; false cancels.
using RenderProgress = std::function<bool(const RenderStep&)>;

// Errors: those of make_condition (invalid_argument, not_found), validate (constraints), Generator::run and
// Sampler::feed; invalid_argument (steps, guidance or candidates out of range, more than one step of a GAN);
// cancelled.
Result<Render> render(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                      Generator& generator, const RenderOptions& options,
                      const RenderProgress& progress = {});

// What a dance file says about a dance made so; without motion and title.
format::Dance provenance(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                         const generate::DanceOptions& options, const generate::Condition& condition);

// Everything after generation, for motion vectors (T x 151) of any origin: finish(), then the constraints,
// then the other dancers. Errors: those of apply_constraints and make_troupe.
Result<Render> complete(std::span<const float> values, generate::Condition condition,
                        const RenderOptions& options);

}  // namespace terpsi::native
