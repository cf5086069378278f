#pragma once
// The diffusion sampler as a resumable state machine: it says what to run, the caller runs it, it takes the result.
// No inference engine, clock or thread in here, so that it serves ORT Web (asynchronous) and native ORT alike.
//
//   Sampler sampler(model, condition, seed);
//   while (!sampler.done()) {
//     const StepInput& in = sampler.next();
//     auto x1 = run_the_network(in);            // [batch, W, 151]
//     if (auto s = sampler.feed(x1); !s) ...
//     // sampler.ready_frames() grows: the first window is finished while the rest is still to be made
//   }

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "generate/condition.h"
#include "generate/model_info.h"

namespace terpsi::generate {

// Tensors of one network evaluation; valid until the next call on the sampler. Shapes: see ModelInfo.
struct StepInput {
  int batch = 0;
  std::span<const float> x;
  std::span<const float> t;
  std::span<const float> cond;
  std::span<const std::int32_t> phrase;
};

class Sampler {
 public:
  // `model` and `condition` must outlive the sampler. max_batch: most windows in one evaluation.
  Sampler(const ModelInfo& model, const Condition& condition, std::uint64_t seed, int max_batch = 8);

  bool done() const;
  const StepInput& next();                 // precondition: !done()
  Status feed(std::span<const float> x1);  // invalid_argument on a wrong size, internal when a value is not finite
  double progress() const;                 // evaluations done / evaluations needed, 0 to 1
  int ready_frames() const;                // frames from the start that will not change any more

  // Denormalised motion vectors of the ready frames, ready_frames() x 151 (see motion/motion_vector.h).
  std::span<const float> motion() const;

 private:
  // (owner: core/generate)
};

}  // namespace terpsi::generate
