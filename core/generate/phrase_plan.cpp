#include "generate/phrase_plan.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/limits.h"
#include "generate/noise.h"

namespace terpsi::generate {
namespace {

// Weights of the costs; a typical listed join costs 1.
constexpr float kUnlistedJoin = 5.f;
constexpr float kBetterJoin =
    0.5f;  // by which one of a section and its mirror image must join better to be taken for it
constexpr float kEnergyWeight = 2.f;
constexpr float kRecentWeight = 3.f;   // of the phrase danced just before; fades over kMemory slots
constexpr float kRecentMirror = 0.3f;  // share of that for the mirror image
constexpr float kSamePhrase = 3.f;     // in addition, for an immediate repetition
constexpr float kLongRun = 1.5f;       // for going on with one recorded clip beyond the run limit
constexpr float kNoChange = 1.5f;      // for a recorded continuation across a section start
constexpr float kMirrorBonus = 1.f;    // for an answer in the mirror
constexpr float kMirrorChance = 0.3f;  // of a slot being open to it
constexpr float kChance = 0.8f;        // temperature
constexpr float kCheapJoin = 1.f;      // joins up to the median are cheap
constexpr int kMemory = 8;             // slots

// Mean of the frames between two times (seconds); 0.5 where there is none.
float mean(const std::vector<float>& values, double from, double to) {
  if (!(from < to)) return 0.5f;
  const auto n = static_cast<double>(values.size());
  const auto a = static_cast<std::size_t>(std::clamp(std::floor(from * limits::kFps), 0.0, n));
  const auto b = static_cast<std::size_t>(std::clamp(std::ceil(to * limits::kFps), 0.0, n));
  double sum = 0;
  for (std::size_t i = a; i < b; ++i) sum += static_cast<double>(values[i]);
  return b > a ? static_cast<float>(sum / static_cast<double>(b - a)) : 0.5f;
}

int section_at(const std::vector<audio::Section>& sections, double t) {
  int found = 0;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (sections[i].start <= t) found = static_cast<int>(i);
  }
  return found;
}

class Planner {
 public:
  Planner(const std::vector<PhraseSlot>& slots, const ModelInfo& model, int style, std::uint64_t seed)
      : slots_(slots), model_(model), seed_(seed), join_(model.phrases.size() + 1, kUnlistedJoin) {
    std::vector<float> costs;
    for (std::size_t i = 0; i < model.phrases.size(); ++i) {
      if (model.phrases[i].style != style) continue;
      codes_.push_back(static_cast<int>(i) + 1);
      for (const auto& next : model.phrases[i].next) {
        if (next.cost > 0) costs.push_back(next.cost);
      }
    }
    if (costs.empty()) return;
    const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
    std::nth_element(costs.begin(), middle, costs.end());
    typical_cost_ = *middle;
  }

  bool empty() const { return codes_.empty(); }

  // The whole dance.
  std::vector<int> run() {
    std::size_t begin = 0;
    while (begin < slots_.size()) {
      std::size_t end = begin;
      while (end < slots_.size() && slots_[end].section == slots_[begin].section) ++end;
      dance_section(begin, end);
      begin = end;
    }
    return std::move(danced_);
  }

 private:
  const Phrase& phrase(int code) const { return model_.phrases[static_cast<std::size_t>(code - 1)]; }
  int previous() const { return danced_.empty() ? 0 : danced_.back(); }

  float chance(std::size_t slot, int what) const {
    return random_unit(seed_, Stream::phrases, static_cast<std::uint32_t>(slot),
                       static_cast<std::uint32_t>(what));
  }

  // Join cost from one phrase to the next: 0 recorded continuation, 1 typical listed join.
  float join(int from, int to) const {
    if (from == 0) return 0.f;
    for (const auto& next : phrase(from).next) {
      if (next.code == to) return std::min(next.cost / typical_cost_, kUnlistedJoin);
    }
    return kUnlistedJoin;
  }

  void append(int code) {
    run_length_ = previous() != 0 && join(previous(), code) == 0.f ? run_length_ + 1 : 0;
    danced_.push_back(code);
  }

  // Cost of having danced `code` lately.
  float recency(int code) const {
    float cost = 0.f;
    const std::size_t depth = std::min<std::size_t>(danced_.size(), kMemory);
    for (std::size_t back = 1; back <= depth; ++back) {
      const int past = danced_[danced_.size() - back];
      const float fade = kRecentWeight * (1.f - static_cast<float>(back - 1) / kMemory);
      if (past == code) cost = std::max(cost, fade + (back == 1 ? kSamePhrase : 0.f));
      if (phrase(past).mirror == code) cost = std::max(cost, kRecentMirror * fade);
    }
    return cost;
  }

  bool danced_lately(int code) const {
    const auto depth = static_cast<std::ptrdiff_t>(std::min<std::size_t>(danced_.size(), 4));
    return std::find(danced_.end() - depth, danced_.end(), code) != danced_.end();
  }

  // The first phrase of what a section is known to be danced to, or 0.
  int opening(std::size_t slot) const {
    const auto known = slot < slots_.size() ? memory_.find(slots_[slot].label) : memory_.end();
    return known != memory_.end() && !known->second.empty() ? known->second.front() : 0;
  }

  // Join cost to `then`, or to its mirror image if that is less; 0 if nothing is known to follow.
  float join_ahead(int code, int then) const {
    if (then == 0) return 0.f;
    const int mirror = phrase(then).mirror;
    return std::min(join(code, then), mirror != 0 ? join(code, mirror) : kUnlistedJoin);
  }

  // The best phrase for `slot`; `avoid` (a code or 0) is what must not come again here, `then` (a code or 0)
  // what follows it.
  int choose(std::size_t slot, bool section_start, int avoid, int then) {
    const int before = previous();
    if (before != 0) {
      for (const auto& next : phrase(before).next) {
        auto& cost = join_[static_cast<std::size_t>(next.code)];
        cost = std::min(cost, next.cost / typical_cost_);
      }
    }
    const int run_limit = 3 + static_cast<int>(4.f * chance(slot, -1));
    const bool answer = chance(slot, -2) < kMirrorChance;
    int best = 0;
    float best_cost = 0.f;
    for (int code : codes_) {
      const float joining = before == 0 ? 0.f : join_[static_cast<std::size_t>(code)];
      const bool mirrored = answer && before != 0 && phrase(before).mirror == code && joining <= kCheapJoin &&
                            !danced_lately(code);
      float cost = joining + kEnergyWeight * std::abs(phrase(code).energy - slots_[slot].energy);
      cost += mirrored ? -kMirrorBonus : recency(code);
      if (joining == 0.f && before != 0 && run_length_ >= run_limit) cost += kLongRun;
      if (joining == 0.f && before != 0 && section_start) cost += kNoChange;
      if (code == avoid) cost += kSamePhrase;
      cost += join_ahead(code, then);
      cost += kChance * chance(slot, code);
      if (best == 0 || cost < best_cost) best = code, best_cost = cost;
    }
    if (before != 0) {
      for (const auto& next : phrase(before).next) join_[static_cast<std::size_t>(next.code)] = kUnlistedJoin;
    }
    return best;
  }

  // All mirror images of `codes`, or nothing if one has none.
  std::vector<int> mirrored(const std::vector<int>& codes) const {
    std::vector<int> out;
    for (int code : codes) {
      if (phrase(code).mirror == 0) return {};
      out.push_back(phrase(code).mirror);
    }
    return out;
  }

  void dance_section(std::size_t begin, std::size_t end) {
    std::vector<int>& known = memory_[slots_[begin].label];
    std::vector<int> plan = known;
    const bool repeat = !plan.empty();
    if (auto other = mirrored(plan); repeat && !other.empty()) {
      const float gain = join(previous(), plan[0]) - join(previous(), other[0]);
      if (gain > kBetterJoin || (gain > -kBetterJoin && chance(begin, -3) < 1.f / 3)) plan = std::move(other);
    }
    for (std::size_t slot = begin; slot < end; ++slot) {
      const std::size_t i = slot - begin;
      const bool last = repeat && end - begin > 2 && slot + 1 == end;
      if (i < plan.size() && !last && plan[i] != previous()) {
        append(plan[i]);
      } else {
        append(choose(slot, i == 0, i < plan.size() ? plan[i] : 0, slot + 1 == end ? opening(end) : 0));
      }
      if (i >= known.size()) known.push_back(danced_.back());
    }
  }

  const std::vector<PhraseSlot>& slots_;
  const ModelInfo& model_;
  std::uint64_t seed_;
  std::vector<int> codes_;                  // candidates: the phrases of the style
  std::vector<float> join_;                 // scratch of choose(), by code
  float typical_cost_ = 1.f;                // median of the listed joins that are not continuations
  std::vector<int> danced_;                 // codes so far
  int run_length_ = 0;                      // recorded continuations in a row
  std::map<int, std::vector<int>> memory_;  // by section label: what was danced to it first
};

}  // namespace

std::vector<PhraseSlot> phrase_slots(const BeatGrid& grid, const std::vector<audio::Section>& sections,
                                     double duration, double style_bpm, const std::vector<float>& energy) {
  std::vector<PhraseSlot> slots;
  const auto add = [&](double start, double end) {
    PhraseSlot slot;
    slot.start = start;
    slot.end = end;
    const double middle = std::clamp(0.5 * (start + end), 0.0, duration);
    if (!sections.empty()) {
      slot.section = section_at(sections, middle);
      const audio::Section& section = sections[static_cast<std::size_t>(slot.section)];
      slot.label = section.label;
      slot.energy = mean(energy, section.start, section.end);
    } else {
      slot.energy = mean(energy, 0, duration);
    }
    slot.energy = 0.7f * slot.energy + 0.3f * mean(energy, start, end);
    slot.energy = std::clamp(0.5f + 1.6f * (slot.energy - 0.5f), 0.f, 1.f);
    slots.push_back(slot);
  };
  if (!grid.known()) {
    const double length = kPhraseBeats * 60.0 / (style_bpm > 20 ? style_bpm : 120.0);
    for (int i = 0; i == 0 || i * length < duration; ++i) add(i * length, (i + 1) * length);
    return slots;
  }
  double position =
      std::floor((beat_position(grid, 0) - grid.anchor) / kPhraseBeats) * kPhraseBeats + grid.anchor;
  while (slots.empty() || slots.back().end < duration) {
    add(beat_time(grid, position), beat_time(grid, position + kPhraseBeats));
    position += kPhraseBeats;
  }
  return slots;
}

void plan_phrases(std::vector<PhraseSlot>& slots, const ModelInfo& model, int style, std::uint64_t seed) {
  Planner planner(slots, model, style, seed);
  if (planner.empty()) {
    for (PhraseSlot& slot : slots) slot.code = 0;
    return;
  }
  const std::vector<int> codes = planner.run();
  for (std::size_t i = 0; i < slots.size(); ++i) slots[i].code = codes[i];
}

}  // namespace terpsi::generate
