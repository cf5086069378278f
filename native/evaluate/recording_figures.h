#pragma once
// The figures of whole recordings, and of rows of them.

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "measure/novelty.h"
#include "native/evaluate/figures.h"
#include "native/evaluate/recording.h"

namespace terpsi::native {

// Figures of one recording: means over its stretches, weighted by frames; counts are added.
Figures recording_figures(const Recording& recording);

// The stretches of a recording, or of several.
using PoseStretches = std::vector<std::vector<motion::BodyPose>>;
PoseStretches poses_of(const Recording& recording);

// Sets "novelty", "novelty_least" (both m) and "novelty_copied", unless every stretch is too short for a
// segment.
void add_novelty(Figures& figures, const PoseStretches& dance, const PoseStretches& reference);

// Mean joint error, m, to the real dance of the same name in a folder, over the frames that both have;
// nothing where there is no such dance or frame. Errors: those of load_recording.
Result<std::optional<double>> paired_error(const Recording& recording, const std::string& folder);

// Sets the mean over the rows of every number in them, and "sd", an object of the standard deviations of
// those that two rows or more have.
void add_means(Figures& figures, const std::vector<Figures>& rows);

}  // namespace terpsi::native
