#pragma once
// The diffusion sampler as a resumable state machine: it says what to run, the caller runs it, it takes the
// result. No inference engine, clock or thread in here, so that it serves ORT Web (asynchronous) and native
// ORT alike.
//
// Windows (window_plan.h) go through the network in chunks: the first alone, so that dancing starts early,
// then up to max_batch. At each time t of the model's grid the network predicts the clean motion x1 from x_t;
// the next state is
//   x_t' = x_t + (t' - t) / (1 - t) (x1 - x_t)
// and after the last time the motion is x1. Where windows overlap their x1 are cross-faded after every
// evaluation, so all windows of a chunk stay on one motion; the overlap with the chunk before is faded from
// that chunk's motion in the same way. Noise depends on the seed and Condition::noise_frames only. Two
// samplers agree where model, condition, seed and options agree.
//
// Classifier-free guidance [Ho 2022]: where the scale w is not 1, an evaluation has every window twice, first
// all as conditioned, then all without condition (see ModelInfo::guidance), and
//   x1 = x1_without + w (x1_with - x1_without)
//
// Known motion replaces x1 after every evaluation, so that it comes out as given (to float32 rounding) unless
// SamplerOptions::known_exactly says otherwise. A masked model is shown it: clean in x, with mask 1. Any
// other model sees it in its noise: by the rule above x_t there is (1 - t) noise + t known, as in RePaint
// [Lugmayr 2022].
//
//   Sampler sampler(model, condition, seed);
//   while (!sampler.done()) {
//     const StepInput& in = sampler.next();
//     auto x1 = run_the_network(in);            // [in.batch, W, 151]
//     if (auto s = sampler.feed(x1); !s) ...
//     // sampler.ready_frames() grows: the first window is finished while the rest is still to be made
//   }

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "generate/plan/condition.h"
#include "generate/sample/known_motion.h"
#include "generate/sample/window_plan.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

// Tensors of one network evaluation; valid until the next call on the sampler. Shapes: see ModelInfo.
struct StepInput {
  int batch = 0;
  std::span<const float> x;
  std::span<const float> t;
  std::span<const float> cond;
  std::span<const std::int32_t> phrase;
  std::span<const float> mask;  // empty unless ModelInfo::masked
};

// Windows in a chunk. Chunks are joined one after the other, so a dance is the same only where this is:
// native and page both use it.
inline constexpr int kMaxBatch = 8;

struct SamplerOptions {
  int max_batch = kMaxBatch;           // most windows in a chunk (1 to 64); guidance evaluates twice as many
  std::optional<float> guidance = {};  // scale; the model's own when not given
  std::vector<float> times = {};       // time grid as in ModelInfo; the model's own when empty
  const KnownMotion* known = nullptr;  // must outlive the sampler; null or empty: nothing is known
  // False: a masked model's own prediction stands where it was shown known motion; near it, and smooth with
  // what is around it.
  bool known_exactly = true;
  std::vector<int> breaks = {};  // frames; a chunk begins with the window whose join is nearest to each
};

// The time grid of `steps` evaluations, i / steps. steps: 1 to limits::kMaxSamplerSteps.
std::vector<float> even_times(int steps);

class Sampler {
 public:
  // `model` and `condition` must outlive the sampler. A condition, known motion, guidance or time grid that
  // cannot be (columns, sizes, ranges) gives a sampler that is done() with no frames.
  Sampler(const manifest::ModelInfo& model, const Condition& condition, std::uint64_t seed,
          const SamplerOptions& options = {});

  bool done() const;
  const StepInput& next();  // precondition: !done()
  // x1: [batch, W, 151] for next(). Errors: invalid_argument (another size), internal (a value is not
  // finite).
  Status feed(std::span<const float> x1);
  double progress() const;   // evaluations done / evaluations needed, 0 to 1
  int ready_frames() const;  // frames from the start that will not change any more

  // Denormalised motion vectors of the ready frames, ready_frames() x 151 (see motion/motion_vector.h).
  std::span<const float> motion() const;

  // True where a break of the options (or the end) comes next and nothing of it has been made. What follows
  // may be tried more than once: copy the sampler, redirect the copies, keep one.
  bool at_break() const;
  // Another condition and another noise for the chunks that are not begun. Precondition: as many frames and
  // columns as the condition before; it must outlive the sampler.
  void redirect(const Condition& condition, std::uint64_t seed);

 private:
  std::size_t frame_values(int frames) const;
  void find_breaks(const std::vector<int>& frames);
  void begin_chunk();
  void fill_conditions();
  void draw_noise();
  void take_known();
  void fill_condition(int slot, int window);
  void fill_without_condition();
  void fill_step();
  std::span<const float> guided(std::span<const float> x1);
  void merge(std::span<const float> x1);
  void keep_known();
  void advance();
  void finish_chunk();

  int rows() const { return guidance_ == 1.f ? batch_ : 2 * batch_; }  // of an evaluation

  const manifest::ModelInfo* model_;
  const Condition* condition_;
  const KnownMotion* known_;
  bool known_exactly_;
  std::uint64_t seed_;
  int max_batch_;
  float guidance_;
  std::vector<float> times_;
  WindowPlan plan_;
  std::vector<int> breaks_;     // windows that begin a chunk, ascending, each at least 1
  int window_ = 0;              // first window of the chunk
  int batch_ = 0;               // windows in the chunk
  std::size_t step_ = 0;        // index into times_
  std::int64_t evaluated_ = 0;  // windows x times so far
  bool step_filled_ = false;    // input_ holds the current step
  std::vector<float> x_;        // the chunk's frames x 151: the state x_t, one copy for all its windows
  std::vector<float> x1_;       // the chunk's frames x 151: the merged prediction
  std::vector<float> tail_;     // overlap x 151: the end of the previous chunk's x1
  // The chunk's frames x 151, both empty where nothing is known: the known motion, normalised, where the mask
  // is 1.
  std::vector<float> clean_, known_mask_;
  std::vector<float> in_x_, in_t_, in_cond_, in_mask_, guided_;
  std::vector<std::int32_t> in_phrase_;
  StepInput input_;
  std::vector<float> motion_;  // denormalised, ready frames
  int ready_ = 0;
};

}  // namespace terpsi::generate
