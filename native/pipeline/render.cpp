#include "native/pipeline/render.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.h"
#include "generate/constrain/constraint_blend.h"
#include "generate/constrain/sampler_hints.h"
#include "generate/constrain/validate.h"
#include "generate/sample/sampler.h"

namespace terpsi::native {
namespace {

Status check(const RenderOptions& options, const manifest::ModelInfo& model) {
  const auto refused = [](std::string message) {
    return Error{ErrorCode::invalid_argument, std::move(message)};
  };
  if (options.steps < 0 || options.steps > static_cast<int>(limits::kMaxSamplerSteps)) {
    return refused("steps must be 1 to " + std::to_string(limits::kMaxSamplerSteps) +
                   ", or 0 for the model's own");
  }
  if (model.single_step && options.steps > 1) {
    return refused("model \"" + model.name + "\" makes its dance in one step; omit the number of steps");
  }
  if (options.guidance && !(*options.guidance >= 0 && *options.guidance <= limits::kMaxGuidance))
    return refused("guidance must be a number from 0 to 20");
  if (options.candidates < 1 || options.candidates > limits::kMaxCandidates)
    return refused("candidates must be 1 to " + std::to_string(limits::kMaxCandidates));
  return ok_status();
}

generate::SamplerOptions sampler_options(const RenderOptions& options, const manifest::ModelInfo& model,
                                         const Generator& generator, const generate::KnownMotion& known) {
  const bool twice = options.guidance.value_or(model.guidance) != 1.f;
  return {.max_batch = std::min(generate::kMaxBatch, generator.max_batch() / (twice ? 2 : 1)),
          .guidance = options.guidance,
          .times = generate::even_times(options.steps),
          .known = &known,
          .known_exactly = false};  // complete() makes it exact, without a jump
}

// One condition for each candidate: they differ in their phrases only.
Result<std::vector<generate::Condition>> make_plans(const audio::MusicAnalysis& music,
                                                    const manifest::ModelInfo& model,
                                                    const RenderOptions& options) {
  std::vector<generate::Condition> plans;
  generate::DanceOptions dance = options.dance;
  for (int k = 0; k < options.candidates; ++k) {
    dance.seed = options.dance.seed + static_cast<std::uint64_t>(k);
    auto plan = generate::make_condition(music, model, dance);
    if (!plan) return plan.error();
    plans.push_back(std::move(*plan));
    dance.style = model.styles[static_cast<std::size_t>(plans.front().style)].name;
  }
  return plans;
}

// The condition of the dance that was assembled from the candidates.
generate::Condition danced(const std::vector<generate::Condition>& plans,
                           const std::vector<generate::Choice>& choices) {
  generate::Condition c = plans.front();
  for (const generate::Choice& choice : choices) {
    const generate::Condition& plan = plans[static_cast<std::size_t>(choice.plan)];
    std::copy(plan.phrases.begin() + choice.start, plan.phrases.begin() + choice.end,
              c.phrases.begin() + choice.start);
  }
  return c;
}

}  // namespace

Status check_render(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                    const RenderOptions& options) {
  if (auto status = check(options, model); !status) return status;
  if (auto status = generate::validate(options.constraints, music.frames); !status) return status;
  const auto condition = generate::make_condition(music, model, options.dance);
  if (!condition) return condition.error();
  if (condition->dance_beats.size() < 2)  // the networks would answer with NaN
    return Error{ErrorCode::empty, "the music has no beats to dance to; it needs at least two, 0.1 s apart"};
  return ok_status();
}

Result<Render> render(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                      Generator& generator, const RenderOptions& options, const RenderProgress& progress) {
  if (auto status = check(options, model); !status) return status.error();
  auto plans = make_plans(music, model, options);
  if (!plans) return plans.error();
  if (auto status = generate::validate(options.constraints, music.frames); !status) return status.error();

  // Only a masked model can anticipate known motion; for others complete() alone meets the constraints.
  generate::KnownMotion known;
  if (model.masked) known = generate::known_motion(options.constraints, plans->front(), options.finish);
  generate::BestOf sampler(
      model, *plans, options.dance.seed, sampler_options(options, model, generator, known),
      {.candidates = options.candidates, .finish = options.finish, .sections = music.sections});
  while (!sampler.done()) {
    const auto x1 = generator.run(sampler.next());
    if (!x1) return x1.error();
    if (auto status = sampler.feed(*x1); !status) return status.error();
    if (progress && !progress({sampler.progress(), sampler.ready_frames()})) {
      return Error{ErrorCode::cancelled, "stopped before the dance was finished"};
    }
  }
  auto made = complete(sampler.motion(), danced(*plans, sampler.choices()), options);
  if (made) made->choices = sampler.choices();
  return made;
}

format::Dance provenance(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                         const generate::DanceOptions& options, const generate::Condition& condition) {
  format::Dance dance;
  dance.style = model.styles[static_cast<std::size_t>(condition.style)].name;
  dance.seed = options.seed;
  dance.energy = options.energy;
  dance.model_name = model.name;
  dance.model_sha256 = model.sha256;
  dance.tempo_bpm = music.tempo_bpm;
  dance.beats = music.beats;
  dance.beat_in_bar = music.beat_in_bar;
  return dance;
}

Result<Render> complete(std::span<const float> values, generate::Condition condition,
                        const RenderOptions& options) {
  motion::Clip clip = generate::finish(values, condition, options.finish);
  auto status = generate::apply_constraints(clip, options.constraints, options.finish.foot_lock);
  if (!status) return status.error();
  Render made{std::move(clip), {}, std::move(condition), {}};
  if (options.troupe.dancers == 1) return made;
  auto troupe = generate::make_troupe(made.clip, made.condition, options.troupe);
  if (!troupe) return troupe.error();
  made.others = std::move(troupe->dancers);
  made.clip = std::move(made.others.front());
  made.others.erase(made.others.begin());
  return made;
}

}  // namespace terpsi::native
