#pragma once
// Distance and variety of a set of dances in feature space, against real motion [Li 2021].

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/result.h"
#include "native/evaluate/recording.h"

namespace terpsi::native {

// Kinds of features (measure/motion_features.h); `ref`: as published code computes them.
enum Feature : std::size_t { kKinetic, kKineticRef, kGeometric, kGeometricRef, kFeatures };

// The features of one segment, by kind.
using FeatureRow = std::array<std::vector<double>, kFeatures>;

// Appends a row for each whole segment of `segment` frames.
void add_rows(const Recording& recording, std::size_t segment, std::vector<FeatureRow>& rows);

// Sets "fid_X", "div_X", "div_X_ratio", "constant_X", "fid_X_of_means" and "shifts_X" for X in k, k_ref, g
// and g_ref (docs/evaluation.md). Errors: those of measure::set_metrics.
Status add_set_metrics(nlohmann::ordered_json& json, const std::vector<FeatureRow>& rows,
                       const std::vector<FeatureRow>& reference);

}  // namespace terpsi::native
