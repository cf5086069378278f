#pragma once
// `terpsi evaluate --set NAME=FOLDER ...`: whole sets of dances against each other and against real motion.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/networks/models.h"

namespace terpsi::native {

struct SetsOptions {
  std::vector<std::string> sets;  // NAME=FOLDER
  std::string reference;          // folder of real motion; may be empty
  std::string reference_styles;   // JSON file: an object, names of motions to styles; may be empty
  std::string paired;  // folder of real dances of the same names as the measured ones; may be empty
  double segment = 5;  // seconds of motion that one row of features describes
};

// The keys are described in docs/evaluation.md. Errors: invalid_argument (options), and those of the files.
Result<nlohmann::ordered_json> evaluate_sets(const SetsOptions& options, const Models& models);

}  // namespace terpsi::native
