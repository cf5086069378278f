#include "generate/plan/style_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "generate/plan/beat_grid.h"
#include "generate/plan/style_profiles.h"

namespace terpsi::generate {
namespace {

constexpr double kOctave = 2.5;      // what an octave beside the tempo costs
constexpr double kFactorCost = 0.2;  // for dancing at half or double tempo
constexpr double kMet = 0.3;         // what it is worth that all wishes are met
constexpr double kSpecific = 0.05;   // what a wish is worth as such, by weight
constexpr double kTie = 0.06;        // what chance may add
constexpr double kUnknown = 1.2;     // what a style without a profile costs beside its tempo

std::array<double, kTraits> traits_of(const audio::Character& c) {
  return {c.percussion, c.energy,     c.brightness, c.bass, c.tonality,
          c.swing,      c.four_floor, c.backbeat,   c.latin};
}

// One thing that a style is judged by: what it costs, and words for what the song has.
struct Term {
  int what;  // -1 tempo, -2 metre, -3 smoothness, else a Trait
  double cost, weight;
};

double known_bpm(const audio::Character& c) {
  return std::isfinite(c.bpm) ? std::clamp(c.bpm, 20.0, 480.0) : 120.0;
}

double tempo_miss(double bpm, double slowest, double fastest) {
  double best = HUGE_VAL;
  for (const double factor : {1.0, 0.5, 2.0}) {
    const double t = factor * bpm;
    const double away = t < slowest ? std::log2(slowest / t) : t > fastest ? std::log2(t / fastest) : 0;
    best = std::min(best, kOctave * away + (factor == 1.0 ? 0 : kFactorCost));
  }
  return best;
}

std::vector<Term> judge(const StyleProfile& p, const audio::Character& c) {
  std::vector<Term> terms;
  terms.push_back({-1, std::min(tempo_miss(known_bpm(c), p.slowest, p.fastest), 1.2), 1.0});
  const bool three = c.beats_per_bar == 3;
  terms.push_back({-2, three ? std::max(0.0, p.three) : std::max(0.0, -p.three), std::abs(p.three)});
  const double driven = c.steadiness * c.percussion;
  terms.push_back({-3, p.smooth * driven, p.smooth});
  const auto traits = traits_of(c);
  for (const TraitRange& w : p.traits) {
    const double v = traits[w.trait];
    const double away = v < w.low ? w.low - v : v > w.high ? v - w.high : 0;
    terms.push_back({w.trait, w.weight * std::min(1.0, 2 * away), w.weight});
  }
  return terms;
}

// What all of it costs; a style that asks for much and gets most of it goes before one that asks for little.
double total(const std::vector<Term>& terms) {
  double sum = 0, met = 0, wished = 1e-6;
  for (const Term& t : terms) {
    sum += t.cost;
    if (t.what < 0) continue;
    wished += t.weight;
    if (t.cost < 0.02) met += t.weight;
  }
  return sum - kMet * met / wished - kSpecific * wished;
}

std::string words(int what, const audio::Character& c) {
  const auto traits = traits_of(c);
  const auto of = [&](Trait t, const char* little, const char* some, const char* much) -> std::string {
    return traits[t] < 0.3 ? little : traits[t] < 0.65 ? some : much;
  };
  switch (what) {
    case -1:
      return std::to_string(std::lround(known_bpm(c))) + " BPM";
    case -2:
      return "in " + std::to_string(c.beats_per_bar);
    case -3:
      return c.steadiness < 0.5 ? "a free beat" : "a beat without drums";
    case kPercussion:
      return of(kPercussion, "soft attacks", "light drums", "hard drums");
    case kEnergy:
      return of(kEnergy, "quiet", "moderate energy", "high energy");
    case kBrightness:
      return of(kBrightness, "a dark sound", "a warm sound", "a bright sound");
    case kBass:
      return of(kBass, "little bass", "some bass", "heavy bass");
    case kTonality:
      return of(kTonality, "hardly any melody", "some melody", "clear harmony");
    case kSwing:
      return of(kSwing, "even quavers", "some swing", "swing");
    case kFourFloor:
      return of(kFourFloor, "a broken kick", "a steady kick", "a kick on every beat");
    case kBackbeat:
      return of(kBackbeat, "no backbeat", "a backbeat", "a strong backbeat");
    default:
      return of(kLatin, "bass on the beat", "bass off the beat", "a Latin bass off the beat");
  }
}

// The three things that speak most for `chosen` against the mean of all known styles, most first.
std::string reason_for(const StyleProfile& chosen, const audio::Character& c) {
  struct Point {
    int what;
    double gain;
  };
  std::vector<Point> points;
  for (const Term& own : judge(chosen, c)) {
    // What missing this would cost a style that cares as much, and what it costs here.
    double others = 0, count = 0;
    for (const StyleProfile& p : style_profiles()) {
      for (const Term& t : judge(p, c)) {
        if (t.what == own.what) others += t.cost, ++count;
      }
    }
    const double gain =
        others / std::max(1.0, count) - own.cost + 0.15 * own.weight * (own.cost < 0.05 ? 1 : 0);
    if (own.what == -2 && c.beats_per_bar != 3) continue;  // 4 is no news
    // That there is no backbeat, or no steady kick where there are hardly drums, says little.
    if (own.what == kBackbeat && c.backbeat < 0.3) continue;
    if (own.what == kFourFloor && (c.beats_per_bar != 4 || (c.four_floor < 0.3 && c.percussion < 0.5)))
      continue;
    if (own.weight > 0 && own.cost < 0.3 * own.weight + 0.02) points.push_back({own.what, gain});
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& b) { return a.gain > b.gain; });
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, points.size()); ++i)
    out += (i > 0 ? ", " : "") + words(points[i].what, c);
  return out.empty() ? words(-1, c) : out;
}

// ---- styles by tempo and magnitude

constexpr double kOctaveWeight = 2.0;
constexpr double kHalfCost = 0.15;
constexpr double kDriveWeight = 0.5;
constexpr double kChanceWeight = 0.15;

// Share of styles with a smaller magnitude, 0..1.
double magnitude_rank(const manifest::ModelInfo& model, const manifest::Style& style) {
  if (model.styles.size() < 2) return 0.5;
  const auto smaller =
      std::count_if(model.styles.begin(), model.styles.end(),
                    [&](const manifest::Style& other) { return other.magnitude < style.magnitude; });
  return static_cast<double>(smaller) / static_cast<double>(model.styles.size() - 1);
}

double tempo_cost(double bpm, double style_bpm) {
  if (!(bpm > 0) || !(style_bpm > 0)) return 0;
  const double factor = dance_factor(bpm, style_bpm);
  return kOctaveWeight * std::abs(std::log2(factor * bpm / style_bpm)) + (factor == 1 ? 0 : kHalfCost);
}

double chance_of(std::uint64_t seed, std::size_t style) {
  return static_cast<double>(random_unit(seed, Stream::style, static_cast<std::uint32_t>(style), 0));
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

StyleChoice choose_style(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                         std::uint64_t seed) {
  const bool any_known = std::any_of(model.styles.begin(), model.styles.end(), [](const manifest::Style& s) {
    return style_profile(s.name) != nullptr;
  });
  const auto driving = static_cast<double>(drive(music));
  std::vector<double> costs;
  for (std::size_t i = 0; i < model.styles.size(); ++i) {
    const manifest::Style& style = model.styles[i];
    const double tempo = tempo_cost(music.tempo_bpm, static_cast<double>(style.bpm));
    if (const StyleProfile* profile = style_profile(style.name)) {
      costs.push_back(total(judge(*profile, music.character)) + kTie * chance_of(seed, i));
    } else if (any_known) {
      costs.push_back(kUnknown + tempo);
    } else {
      costs.push_back(tempo + kDriveWeight * std::abs(magnitude_rank(model, style) - driving) +
                      kChanceWeight * chance_of(seed, i));
    }
  }
  StyleChoice choice;
  for (std::size_t i = 1; i < costs.size(); ++i) {
    if (costs[i] < costs[static_cast<std::size_t>(choice.style)]) choice.style = static_cast<int>(i);
  }
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (static_cast<int>(i) == choice.style) continue;
    if (choice.runner_up < 0 || costs[i] < costs[static_cast<std::size_t>(choice.runner_up)])
      choice.runner_up = static_cast<int>(i);
  }
  const StyleProfile* profile = style_profile(model.styles[static_cast<std::size_t>(choice.style)].name);
  choice.reason = profile != nullptr ? reason_for(*profile, music.character)
                                     : words(-1, {.bpm = music.tempo_bpm}) + " is nearest to its tempo";
  if (choice.runner_up >= 0)
    choice.reason += "; next: " + model.styles[static_cast<std::size_t>(choice.runner_up)].name;
  return choice;
}

Result<StyleChoice> resolve_style(std::string_view name, const audio::MusicAnalysis& music,
                                  const manifest::ModelInfo& model, std::uint64_t seed) {
  if (model.styles.empty())
    return Error{ErrorCode::unsupported, "the model knows no dance style; choose another model"};
  if (name == "auto") return choose_style(music, model, seed);
  std::string known = "auto";
  for (std::size_t i = 0; i < model.styles.size(); ++i) {
    if (model.styles[i].name == name) return StyleChoice{.style = static_cast<int>(i)};
    known += ", " + model.styles[i].name;
  }
  return Error{ErrorCode::not_found,
               "there is no style '" + std::string(name.substr(0, 64)) + "'; choose one of " + known};
}

}  // namespace terpsi::generate
