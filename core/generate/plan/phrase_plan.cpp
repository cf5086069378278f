#include "generate/plan/phrase_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/limits.h"
#include "base/random.h"
#include "generate/plan/song_shape.h"

namespace terpsi::generate {
namespace {

// Weights of the costs; a typical listed join costs 1.
constexpr float kUnlistedJoin = 3.5f;
constexpr float kBetterJoin =
    0.5f;  // by which one of a section and its mirror image must join better to be taken for it
constexpr float kEnergyWeight = 2.5f;
constexpr float kRecentWeight = 3.f;   // of what was danced just before; fades over kMemory slots
constexpr float kRecentMirror = 0.3f;  // share of that for the mirror image
constexpr float kSeen = 1.5f;          // for each time that it was danced before, however long ago,
constexpr float kMostSeen = 4.5f;      // at most
constexpr float kTempo = 2.f;          // per octave between its own tempo and the music's
constexpr float kTempoFree = 0.25f;    // octaves that cost nothing
// Another style of the family, where the style has few phrases of its own and where it has kMany.
constexpr float kOtherStyle = 0.4f, kOtherStyleOfMany = 1.6f;
constexpr float kMany = 120.f;         // codes, mirror images included
constexpr float kSamePhrase = 3.f;     // in addition, for an immediate repetition
constexpr float kLongRun = 1.5f;       // for going on with one recorded clip beyond the run limit
constexpr float kNoChange = 1.5f;      // for a recorded continuation across a section start
constexpr float kMirrorBonus = 1.f;    // for an answer in the mirror
constexpr float kMirrorChance = 0.3f;  // of a slot being open to it
constexpr float kChance = 0.8f;        // temperature
constexpr float kCheapJoin = 1.f;      // joins up to the median are cheap
constexpr int kMemory = 16;            // slots
constexpr float kOpenness = 2.f;    // of a phrase that is easy to get into or out of, where the style changes
constexpr float kBeginning = 0.5f;  // share of the openness of a phrase that begins a recording
constexpr float kMirroredPerVariation = 1.1f;
constexpr float kLastChanges = 0.2f;   // variation from which a returning section ends otherwise
constexpr float kOthersChange = 0.3f;  // and from which its other phrases begin to change

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

class Planner {
 public:
  Planner(std::vector<PhraseSlot>& slots, const manifest::ModelInfo& model, std::uint64_t seed,
          float variation)
      : slots_(slots),
        model_(model),
        seed_(seed),
        variation_(variation),
        family_(model.styles.size()),
        families_(model.styles.size()),
        own_(model.styles.size(), 0),
        into_(model.phrases.size() + 1, 0.f),
        out_of_(model.phrases.size() + 1, 0.f),
        seen_(model.phrases.size() + 1, 0),
        join_(model.phrases.size() + 1, kUnlistedJoin) {
    for (std::size_t s = 0; s < family_.size(); ++s) {
      const std::string& name = model.styles[s].family;
      family_[s] = s;
      for (std::size_t t = 0; t < s && !name.empty() && family_[s] == s; ++t)
        if (model.styles[t].family == name) family_[s] = t;
    }
    std::vector<std::vector<float>> costs(families_.size());
    std::vector<bool> continues(model.phrases.size() + 1, false);
    for (std::size_t i = 0; i < model.phrases.size(); ++i) {
      const auto style = static_cast<std::size_t>(model.phrases[i].style), family = family_of(style);
      ++own_[style];
      families_[family].codes.push_back(static_cast<int>(i) + 1);
      for (const auto& next : model.phrases[i].next) {
        if (next.cost > 0) costs[family].push_back(next.cost);
        if (next.cost == 0) continues[static_cast<std::size_t>(next.code)] = true;
      }
    }
    for (std::size_t i = 0; i < families_.size(); ++i) {
      if (costs[i].empty()) continue;
      const auto middle = costs[i].begin() + static_cast<std::ptrdiff_t>(costs[i].size() / 2);
      std::nth_element(costs[i].begin(), middle, costs[i].end());
      families_[i].typical_cost = *middle;
    }
    find_openness(continues);
  }

  // The whole dance.
  void run() {
    std::size_t begin = 0;
    while (begin < slots_.size()) {
      std::size_t end = begin;
      while (end < slots_.size() && slots_[end].section == slots_[begin].section &&
             slots_[end].style == slots_[begin].style)
        ++end;
      dance_section(begin, end);
      begin = end;
    }
  }

 private:
  using Choreography = std::map<int, int>;  // phrase codes by PhraseSlot::place

  struct FamilyPhrases {
    std::vector<int> codes;
    float typical_cost = 1.f;  // median of the listed joins that are not continuations
  };

  // The first style of a style's family stands for it.
  std::size_t family_of(std::size_t style) const { return family_[style]; }
  bool same_family(int a, int b) const {
    return family_of(static_cast<std::size_t>(a)) == family_of(static_cast<std::size_t>(b));
  }

  const FamilyPhrases& family_at(std::size_t slot) const {
    return families_[family_of(static_cast<std::size_t>(slots_[slot].style))];
  }

  // Cheap ways into and out of each phrase, as a share of those of the phrase that has most in its style.
  void find_openness(const std::vector<bool>& continues) {
    for (const FamilyPhrases& family : families_) {
      float most_in = 0.f, most_out = 0.f;
      for (int code : family.codes) {
        for (const auto& next : phrase(code).next) {
          const float ease = 1.f / (1.f + next.cost / family.typical_cost);
          into_[static_cast<std::size_t>(next.code)] += ease;
          out_of_[static_cast<std::size_t>(code)] += ease;
        }
      }
      for (int code : family.codes) {
        most_in = std::max(most_in, into_[static_cast<std::size_t>(code)]);
        most_out = std::max(most_out, out_of_[static_cast<std::size_t>(code)]);
      }
      for (int code : family.codes) {
        auto& in = into_[static_cast<std::size_t>(code)];
        auto& out = out_of_[static_cast<std::size_t>(code)];
        in = most_in > 0.f ? in / most_in : 0.f;
        out = most_out > 0.f ? out / most_out : 0.f;
        if (!continues[static_cast<std::size_t>(code)]) in = std::min(1.f, in + kBeginning);
      }
    }
  }

  const manifest::Phrase& phrase(int code) const {
    return model_.phrases[static_cast<std::size_t>(code - 1)];
  }
  int previous() const { return danced_.empty() ? 0 : danced_.back(); }

  float chance(std::size_t slot, int what) const {
    return random_unit(seed_, Stream::phrases, static_cast<std::uint32_t>(slot),
                       static_cast<std::uint32_t>(what));
  }

  // Join cost from one phrase to the next: 0 recorded continuation, 1 typical listed join.
  float join(int from, int to) const {
    if (from == 0) return 0.f;
    for (const auto& next : phrase(from).next) {
      if (next.code == to) {
        const std::size_t family = family_of(static_cast<std::size_t>(phrase(from).style));
        return std::min(next.cost / families_[family].typical_cost, kUnlistedJoin);
      }
    }
    return kUnlistedJoin;
  }

  void append(int code) {
    run_length_ = previous() != 0 && join(previous(), code) == 0.f ? run_length_ + 1 : 0;
    danced_.push_back(code);
    if (code != 0) ++seen_[static_cast<std::size_t>(look(code))];
  }

  // What phrases that look the same have in common.
  int look(int code) const { return phrase(code).alike != 0 ? phrase(code).alike : code; }

  // Cost of having danced what looks like `code` before: lately, and at all.
  float recency(int code) const {
    float cost = 0.f;
    const int mirror = phrase(code).mirror;
    const std::size_t depth = std::min<std::size_t>(danced_.size(), kMemory);
    for (std::size_t back = 1; back <= depth; ++back) {
      const int past = danced_[danced_.size() - back];
      if (past == 0) continue;
      const float fade = kRecentWeight * (1.f - static_cast<float>(back - 1) / kMemory);
      if (look(past) == look(code)) cost = std::max(cost, fade + (back == 1 ? kSamePhrase : 0.f));
      if (mirror != 0 && look(past) == look(mirror)) cost = std::max(cost, kRecentMirror * fade);
    }
    const auto seen = static_cast<float>(seen_[static_cast<std::size_t>(look(code))]);
    return cost + std::min(kMostSeen, kSeen * seen);
  }

  // Cost of a phrase of another style of the family, and of dancing it at another tempo than its own.
  float strangeness(const PhraseSlot& slot, int code) const {
    const float many = std::min(1.f, own_[static_cast<std::size_t>(slot.style)] / kMany);
    float cost =
        phrase(code).style == slot.style ? 0.f : kOtherStyle + many * (kOtherStyleOfMany - kOtherStyle);
    if (phrase(code).bpm > 0 && slot.end > slot.start) {
      const double bpm = 60.0 * kPhraseBeats / (slot.end - slot.start);
      const auto octaves =
          static_cast<float>(std::abs(std::log2(bpm / static_cast<double>(phrase(code).bpm))));
      cost += kTempo * std::max(0.f, octaves - kTempoFree);
    }
    return cost;
  }

  bool danced_lately(int code) const {
    const auto depth = static_cast<std::ptrdiff_t>(std::min<std::size_t>(danced_.size(), 4));
    return std::find(danced_.end() - depth, danced_.end(), code) != danced_.end();
  }

  std::pair<int, int> memory_key(std::size_t slot) const { return {slots_[slot].label, slots_[slot].style}; }

  // The first phrase of what the section at `slot` is known to be danced to, or 0.
  int opening(std::size_t slot) const {
    if (slot >= slots_.size()) return 0;
    const auto known = memory_.find(memory_key(slot));
    return known != memory_.end() ? at(known->second, slots_[slot].place) : 0;
  }

  // The phrase at this place, or 0.
  static int at(const Choreography& known, int place) {
    const auto found = known.find(place);
    return found != known.end() ? found->second : 0;
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
    const FamilyPhrases& family = family_at(slot);
    const int before = previous();
    const bool enters = before != 0 && !same_family(phrase(before).style, slots_[slot].style);
    const bool leaves = slot + 1 < slots_.size() && !same_family(slots_[slot + 1].style, slots_[slot].style);
    if (before != 0 && !enters) {
      for (const auto& next : phrase(before).next) {
        auto& cost = join_[static_cast<std::size_t>(next.code)];
        cost = std::min(cost, next.cost / family.typical_cost);
      }
    }
    const int run_limit = 3 + static_cast<int>(4.f * chance(slot, -1));
    const bool answer = chance(slot, -2) < kMirrorChance;
    int best = 0;
    float best_cost = 0.f;
    for (int code : family.codes) {
      const float joining = before == 0 ? 0.f : join_[static_cast<std::size_t>(code)];
      const bool mirrored = answer && before != 0 && phrase(before).mirror == code && joining <= kCheapJoin &&
                            !danced_lately(code);
      float cost = joining + kEnergyWeight * std::abs(phrase(code).energy - slots_[slot].energy);
      cost += strangeness(slots_[slot], code) + (mirrored ? -kMirrorBonus : recency(code));
      if (joining == 0.f && before != 0 && run_length_ >= run_limit) cost += kLongRun;
      if (joining == 0.f && before != 0 && section_start) cost += kNoChange;
      if (enters) cost -= kOpenness * into_[static_cast<std::size_t>(code)];
      if (leaves) cost -= kOpenness * out_of_[static_cast<std::size_t>(code)];
      if (code == avoid || (avoid != 0 && phrase(avoid).mirror == code)) cost += kSamePhrase;
      cost += join_ahead(code, then);
      cost += kChance * chance(slot, code);
      if (best == 0 || cost < best_cost) best = code, best_cost = cost;
    }
    if (before != 0 && !enters) {
      for (const auto& next : phrase(before).next) join_[static_cast<std::size_t>(next.code)] = kUnlistedJoin;
    }
    return best;
  }

  // The mirror image, or nothing if one of the phrases has none.
  Choreography mirrored(const Choreography& codes) const {
    Choreography out;
    for (const auto& [place, code] : codes) {
      if (phrase(code).mirror == 0) return {};
      out[place] = phrase(code).mirror;
    }
    return out;
  }

  // Whether the phrase of this slot of a returning section is danced anew.
  bool changes(std::size_t slot, std::size_t begin, std::size_t end) const {
    if (slot + 1 == end && end - begin > 2) return variation_ > kLastChanges;
    return variation_ > kOthersChange + (1.f - kOthersChange) * chance(slot, -4);
  }

  bool is_mirrored(std::size_t begin, const Choreography& plan, const Choreography& other) const {
    const int first = at(plan, slots_[begin].place);
    if (other.empty() || first == 0 || !(variation_ > 0.f)) return false;
    const float gain = join(previous(), first) - join(previous(), at(other, slots_[begin].place));
    if (gain > kBetterJoin) return true;
    return gain > -kBetterJoin && chance(begin, -3) < kMirroredPerVariation * variation_;
  }

  void dance_section(std::size_t begin, std::size_t end) {
    if (family_at(begin).codes.empty()) {
      for (std::size_t slot = begin; slot < end; ++slot) append(0);
      return;
    }
    Choreography& known = memory_[memory_key(begin)];
    Choreography plan = known;
    if (Choreography other = mirrored(plan); is_mirrored(begin, plan, other)) plan = std::move(other);
    for (std::size_t slot = begin; slot < end; ++slot) {
      const int planned = at(plan, slots_[slot].place);
      const bool again =
          planned != 0 && !changes(slot, begin, end) && (planned != previous() || !(variation_ > 0.f));
      const int then = slot + 1 == end ? opening(end) : 0;
      append(again ? planned : choose(slot, slot == begin, planned, then));
      slots_[slot].code = danced_.back();
      slots_[slot].varied = planned != 0 && !again;
      known.emplace(slots_[slot].place, danced_.back());
    }
  }

  std::vector<PhraseSlot>& slots_;
  const manifest::ModelInfo& model_;
  std::uint64_t seed_;
  float variation_;
  std::vector<std::size_t> family_;                     // of each style, its first style
  std::vector<FamilyPhrases> families_;                 // by the first style of the family
  std::vector<float> own_;                              // phrases of each style itself
  std::vector<float> into_, out_of_;                    // openness, by code
  std::vector<int> seen_;                               // how often danced, by look
  std::vector<float> join_;                             // scratch of choose(), by code
  std::vector<int> danced_;                             // codes so far
  int run_length_ = 0;                                  // recorded continuations in a row
  std::map<std::pair<int, int>, Choreography> memory_;  // by label and style: what was danced to it first
};

}  // namespace

std::vector<PhraseSlot> phrase_slots(const std::vector<DancePart>& parts,
                                     const std::vector<audio::Section>& sections, double duration,
                                     const std::vector<float>& energy) {
  std::vector<PhraseSlot> slots;
  const auto add = [&](double start, double end, int style) {
    PhraseSlot slot;
    slot.start = start;
    slot.end = end;
    slot.style = style;
    const double middle = std::clamp(0.5 * (start + end), 0.0, duration);
    if (!sections.empty()) {
      slot.section = section_at(sections, middle);
      const audio::Section& section = sections[static_cast<std::size_t>(slot.section)];
      slot.label = section.label;
      slot.place =
          static_cast<int>(std::lround(std::clamp((start - section.start) / (end - start), -1e6, 1e6)));
      slot.energy = mean(energy, section.start, section.end);
    } else {
      slot.place = static_cast<int>(slots.size());
      slot.energy = mean(energy, 0, duration);
    }
    slot.energy = 0.7f * slot.energy + 0.3f * mean(energy, start, end);
    slot.energy = std::clamp(0.5f + 1.6f * (slot.energy - 0.5f), 0.f, 1.f);
    slots.push_back(slot);
  };
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const DancePart& part = parts[k];
    const bool last = k + 1 == parts.size();
    const double end = last ? duration : part.end;
    const std::size_t first = slots.size();
    if (!part.grid.known()) {
      const double length = kPhraseBeats * 60.0 / (part.bpm > 20 ? part.bpm : 120.0);
      for (int i = 0; i == 0 || part.start + (i + 0.5) * length < end; ++i)
        add(part.start + i * length, part.start + (i + 1) * length, part.style);
      if (last && slots.back().end < duration) add(slots.back().end, slots.back().end + length, part.style);
      if (!last) slots.back().end = end;
      continue;
    }
    const double phase = (beat_position(part.grid, part.start) - part.grid.anchor) / kPhraseBeats;
    double position = (k == 0 ? std::floor(phase) : std::round(phase)) * kPhraseBeats + part.grid.anchor;
    while (slots.size() == first || (last ? slots.back().end < duration : slots.back().end < end - 0.1)) {
      add(beat_time(part.grid, position), beat_time(part.grid, position + kPhraseBeats), part.style);
      position += kPhraseBeats;
    }
    if (!last) slots.back().end = end;
  }
  return slots;
}

void plan_phrases(std::vector<PhraseSlot>& slots, const manifest::ModelInfo& model, std::uint64_t seed,
                  float variation) {
  for (PhraseSlot& slot : slots) slot.code = 0, slot.varied = false;
  if (model.phrases.empty()) return;
  Planner(slots, model, seed, variation).run();
}

}  // namespace terpsi::generate
