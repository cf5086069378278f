#pragma once
// Best of K: of every section several candidates are sampled, which differ in their phrases and their noise,
// and the best is kept.
//
// A stretch is what lies between two breaks of the sampler (Condition::section_starts, brought to the nearest
// join of two windows, at most half a hop away). Every candidate continues from the same state: the chunk that
// begins it fades out of the motion chosen before after every network evaluation, as chunks of one dance do,
// so a choice adds no seam. Candidates are judged as they will be seen, after finish(), by candidate_score().
//
// A section label heard for the first time may take the phrases of any plan. When it returns it keeps the
// plan it had, only the noise is drawn anew, and the noise it had is preferred by kReturnBonus: sections that
// sound alike are danced alike. Repetition is counted against sections of other labels only.
//
// Used like a Sampler (sampler.h), by the same loop. With one candidate it is one.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audio/music.h"
#include "generate/choose/candidate_score.h"
#include "generate/finish/finish.h"
#include "generate/plan/condition.h"
#include "generate/sample/sampler.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

inline constexpr double kReturnBonus = 1.0;  // points

struct BestOfOptions {
  int candidates = 1;                         // 1 to limits::kMaxCandidates
  FinishOptions finish = {};                  // as the dance will be finished
  std::vector<audio::Section> sections = {};  // of the music; their labels say what returns
};

// What was decided about one stretch.
struct Choice {
  int start = 0, end = 0;                 // frames
  int label = 0;                          // of its section
  int candidate = 0;                      // index into figures; 0 has the dance's own noise
  int plan = 0;                           // index of the condition that is danced
  std::vector<CandidateFigures> figures;  // one entry per candidate
};

class BestOf {
 public:
  // `plans`: conditions of one song, style and options that differ in their phrases, at least one; candidate
  // k tries plan k modulo their number. They and `model` must outlive it, as must options.known;
  // options.breaks are set from the first plan, which is danced alone unless all have as many frames and
  // columns.
  BestOf(const manifest::ModelInfo& model, std::span<const Condition> plans, std::uint64_t seed,
         SamplerOptions options = {}, BestOfOptions best_of = {});

  bool done() const;
  const StepInput& next();                     // precondition: !done()
  Status feed(std::span<const float> x1);      // see Sampler::feed
  double progress() const;                     // of all candidates
  int ready_frames() const;                    // of the motion that is chosen
  std::span<const float> motion() const;       // see Sampler::motion
  const std::vector<Choice>& choices() const;  // empty with one candidate

 private:
  struct Judged {
    int candidate, plan;
    double points;
    Sampler sampler;
    std::vector<motion::BodyPose> poses;  // of the stretch
  };

  bool choosing() const { return options_.candidates > 1; }
  std::uint64_t seed_of(int candidate) const;
  int label() const;              // of the stretch that is tried
  const Choice* earlier() const;  // the first with that label
  int plan() const;               // of the candidate that is tried
  void begin_candidate();
  void judge();
  void choose();

  const manifest::ModelInfo* model_;
  std::span<const Condition> plans_;
  std::uint64_t seed_;
  BestOfOptions options_;
  Sampler chosen_;  // stands at a break
  Sampler trial_;   // goes on from chosen_
  int candidate_ = 0;
  std::optional<Judged> best_;
  std::vector<CandidateFigures> figures_;
  std::vector<Choice> choices_;
  std::vector<std::vector<motion::BodyPose>> danced_;  // of the choices
};

}  // namespace terpsi::generate
