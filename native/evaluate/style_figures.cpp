#include "native/evaluate/style_figures.h"

#include <utility>

namespace terpsi::native {

Result<std::optional<Recogniser>> find_recogniser(const Models& models) {
  if (!models.recogniser && models.recogniser.error().code == ErrorCode::not_found)
    return std::optional<Recogniser>();
  auto loaded = load_recogniser(models);
  if (!loaded) return loaded.error();
  return std::optional<Recogniser>(std::move(*loaded));
}

Result<Figures> style_figures(Recogniser& recogniser, std::span<const Stretch> stretches,
                              const std::string& style) {
  Recognition all;
  for (const Stretch& stretch : stretches) {
    const auto one = recogniser.recognise(stretch.joints);
    if (!one && one.error().code == ErrorCode::empty) continue;
    if (!one) return one.error();
    all.add(*one);
  }
  Figures figures = Figures::object();
  if (all.windows.empty()) return figures;
  figures["style_recognised"] = recogniser.info().styles[static_cast<std::size_t>(all.style)];
  if (const int own = recogniser.info().find(style); own >= 0) figures["style_accuracy"] = all.share(own);
  return figures;
}

}  // namespace terpsi::native
