#include "generate/style_choice.h"

#include <algorithm>
#include <cmath>

#include "generate/beat_grid.h"
#include "generate/noise.h"

namespace terpsi::generate {
namespace {

constexpr double kOctaveWeight = 2.0;
constexpr double kFactorCost = 0.15;  // for dancing at half or double tempo
constexpr double kDriveWeight = 0.5;
constexpr double kChance = 0.15;

// Share of styles with a smaller magnitude, 0..1.
double magnitude_rank(const ModelInfo& model, const Style& style) {
  if (model.styles.size() < 2) return 0.5;
  const auto smaller = std::count_if(model.styles.begin(), model.styles.end(),
                                     [&](const Style& other) { return other.magnitude < style.magnitude; });
  return static_cast<double>(smaller) / static_cast<double>(model.styles.size() - 1);
}

double tempo_cost(double bpm, double style_bpm) {
  if (!(bpm > 0) || !(style_bpm > 0)) return 0;
  const double factor = dance_factor(bpm, style_bpm);
  return kOctaveWeight * std::abs(std::log2(factor * bpm / style_bpm)) + (factor == 1 ? 0 : kFactorCost);
}

}  // namespace

float drive(const audio::MusicAnalysis& music) {
  if (music.onset.empty() || music.loudness.empty()) return 0.5f;
  double strong = 0, loud = 0;
  for (float v : music.onset) strong += v > 0.3f ? 1 : 0;
  for (float v : music.loudness) loud += std::isfinite(v) ? std::clamp(static_cast<double>(v), 0.0, 1.0) : 0;
  strong /= static_cast<double>(music.onset.size());
  loud /= static_cast<double>(music.loudness.size());
  return static_cast<float>(std::clamp(0.5 * std::min(strong / 0.25, 1.0) + 0.5 * loud, 0.0, 1.0));
}

int choose_style(const audio::MusicAnalysis& music, const ModelInfo& model, std::uint64_t seed) {
  const double driving = static_cast<double>(drive(music));
  int best = 0;
  double best_cost = HUGE_VAL;
  for (std::size_t i = 0; i < model.styles.size(); ++i) {
    const Style& style = model.styles[i];
    const double chance =
        static_cast<double>(random_unit(seed, Stream::style, static_cast<std::uint32_t>(i), 0));
    const double cost = tempo_cost(music.tempo_bpm, static_cast<double>(style.bpm)) +
                        kDriveWeight * std::abs(magnitude_rank(model, style) - driving) + kChance * chance;
    if (cost < best_cost) best = static_cast<int>(i), best_cost = cost;
  }
  return best;
}

Result<int> resolve_style(std::string_view name, const audio::MusicAnalysis& music, const ModelInfo& model,
                          std::uint64_t seed) {
  if (model.styles.empty())
    return Error{ErrorCode::unsupported, "the model knows no dance style; choose another model"};
  if (name == "auto") return choose_style(music, model, seed);
  std::string known = "auto";
  for (std::size_t i = 0; i < model.styles.size(); ++i) {
    if (model.styles[i].name == name) return static_cast<int>(i);
    known += ", " + model.styles[i].name;
  }
  return Error{ErrorCode::not_found,
               "there is no style '" + std::string(name.substr(0, 64)) + "'; choose one of " + known};
}

}  // namespace terpsi::generate
