#pragma once
// Figures of the style recogniser (docs/evaluation.md).

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "native/evaluate/figures.h"
#include "native/evaluate/recording.h"
#include "native/networks/recogniser.h"

namespace terpsi::native {

// The recogniser of a models folder; none where there is no manifest or it lists none. Errors: those of
// load_recogniser.
Result<std::optional<Recogniser>> find_recogniser(const Models& models);

// "style_recognised", the style of the motion as a whole, and where the recogniser knows `style`,
// "style_accuracy": the share of its windows that are recognised as that. Empty where every stretch is
// shorter than a window. Errors: internal.
Result<Figures> style_figures(Recogniser& recogniser, std::span<const Stretch> stretches,
                              const std::string& style);

}  // namespace terpsi::native
