#include "native/evaluate/style_figures.h"

#include "native/networks/models.h"

namespace terpsi::native {

Result<std::optional<Recogniser>> find_recogniser(const std::string& models) {
  auto loaded = load_recogniser(models_folder(models));
  if (loaded) return std::optional<Recogniser>(std::move(*loaded));
  if (loaded.error().code == ErrorCode::not_found) return std::optional<Recogniser>();
  return loaded.error();
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
