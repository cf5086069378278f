#include "generate/plan/phrase_plan.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "core/generate/fixture.h"
#include "generate/plan/condition.h"

using namespace terpsi;
using namespace terpsi::generate;
using namespace terpsi::manifest;

namespace {

// One style throughout.
std::vector<DancePart> one_part(const audio::MusicAnalysis& music, const ModelInfo& model, int style) {
  return dance_parts(music, model, {{0, style}}, music.sections, music.duration);
}

std::vector<PhraseSlot> plan(const audio::MusicAnalysis& music, const ModelInfo& model, int style,
                             std::uint64_t seed, float variation = kDefaultVariation) {
  auto slots = phrase_slots(one_part(music, model, style), music.sections, music.duration, music.loudness);
  plan_phrases(slots, model, seed, variation);
  return slots;
}

float join_cost(const ModelInfo& model, int from, int to) {
  for (const auto& next : model.phrases[static_cast<std::size_t>(from - 1)].next) {
    if (next.code == to) return next.cost;
  }
  return 1e9f;
}

}  // namespace

TEST_CASE("phrase plan: nothing to plan, nothing to plan with") {
  ModelInfo model = test::small_model();
  std::vector<PhraseSlot> none;
  plan_phrases(none, model, 1, 0.3f);
  CHECK(none.empty());
  model.phrases.clear();
  for (const PhraseSlot& slot : plan(test::small_song(), model, 0, 1)) CHECK(slot.code == 0);
  model = test::small_model();
  for (Phrase& p : model.phrases) p.next.clear(), p.mirror = 0;  // no joins known
  std::set<int> used;
  for (const PhraseSlot& slot : plan(test::small_song(), model, 1, 1)) used.insert(slot.code);
  CHECK(used.size() > 4);
  CHECK(*used.begin() > 16);
  model.phrases.resize(1);  // one phrase only: it has to do
  for (const PhraseSlot& slot : plan(test::small_song(), model, 0, 1)) CHECK(slot.code == 1);
}

TEST_CASE("phrase slots cover the song in one piece, pick-up included") {
  for (int pickup = 0; pickup < 4; ++pickup) {
    const auto music = test::small_song(61.3, 117, pickup, 0.3);
    const auto parts = one_part(music, test::small_model(), 1);
    const BeatGrid& grid = parts[0].grid;
    const auto slots = phrase_slots(parts, music.sections, music.duration, music.loudness);
    CHECK(slots.front().start <= 0);
    CHECK(slots.front().end > 0);
    CHECK(slots.back().end >= music.duration);
    for (std::size_t i = 1; i < slots.size(); ++i) CHECK(slots[i].start == doctest::Approx(slots[i - 1].end));
    for (const PhraseSlot& slot : slots) {
      const double position = beat_position(grid, slot.start) - pickup;
      CHECK(std::abs(std::remainder(position, 4.0)) < 1e-6);
      CHECK(slot.end - slot.start == doctest::Approx(4 * 60 / 117.0));
    }
  }
  const auto gridless = phrase_slots({{0, 10, 1, 120, {}}}, {}, 10, {});
  CHECK(gridless.size() == 5);
  CHECK(gridless[0].style == 1);
  CHECK(gridless[0].energy == 0.5f);
}

TEST_CASE("phrase plan: the style's own phrases, never twice in a row, joins that are listed, variety") {
  const ModelInfo model = test::small_model(24);
  int listed = 0, joins = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto slots = plan(test::small_song(180), model, 1, seed);
    std::set<int> used;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      CHECK(slots[i].code > 24);
      CHECK(slots[i].code <= 48);
      used.insert(slots[i].code);
      if (i == 0) continue;
      CHECK(slots[i].code != slots[i - 1].code);
      ++joins;
      listed += join_cost(model, slots[i - 1].code, slots[i].code) < 1e8f;
    }
    CHECK(used.size() >= 12);
  }
  CHECK(listed > 0.85 * joins);
}

TEST_CASE("phrase plan: no recorded clip and no loop is danced for long") {
  const ModelInfo model = test::small_model(24);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto slots = plan(test::small_song(180), model, 0, seed);
    int run = 0;
    for (std::size_t i = 1; i < slots.size(); ++i) {
      run = join_cost(model, slots[i - 1].code, slots[i].code) == 0.f ? run + 1 : 0;
      CHECK(run <= 9);
      if (i >= 3) CHECK_FALSE((slots[i].code == slots[i - 2].code && slots[i - 1].code == slots[i - 3].code));
    }
  }
}

TEST_CASE("phrase plan: a repeated section repeats the dance, perhaps mirrored, with another ending") {
  const ModelInfo model = test::small_model(24);
  int repeats = 0, mirrored = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto slots = plan(test::small_song(128), model, 1, seed);  // sections of 16 phrases, A B A B
    std::vector<std::vector<int>> by_section(4);
    for (const PhraseSlot& slot : slots) {  // without the pick-up
      if (slot.place >= 0) by_section[static_cast<std::size_t>(slot.section)].push_back(slot.code);
    }
    const auto& first = by_section[0];
    const auto& again = by_section[2];
    int same = 0, mirror = 0;
    for (std::size_t i = 0; i + 1 < again.size(); ++i) {
      same += again[i] == first[i];
      mirror += again[i] == model.phrases[static_cast<std::size_t>(first[i] - 1)].mirror;
    }
    const int most = static_cast<int>(again.size()) - 2;
    repeats += same >= most;
    mirrored += mirror >= most;
    CHECK_UNARY(same >= most || mirror >= most);
    const std::vector<int>& b = by_section[1];
    CHECK(b != first);
  }
  CHECK(repeats > 10);
  CHECK(mirrored > 3);
}

TEST_CASE("phrase plan: the variation dial, from an exact repetition to a new dance") {
  const ModelInfo model = test::small_model(24);
  std::vector<double> changed, varied;
  for (float variation : {0.f, 0.15f, 0.3f, 0.45f, 0.6f, 0.8f, 1.f}) {
    int different = 0, marked = 0, all = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      const auto slots = plan(test::small_song(128), model, 1, seed, variation);  // 16 phrases each, A B A B
      REQUIRE(slots.size() == 65);  // with one before the first beat
      for (std::size_t i = 33; i < 65; ++i) {
        ++all;
        different += slots[i].code != slots[i - 32].code;
        marked += slots[i].varied;
      }
      for (std::size_t i = 0; i < 33; ++i) CHECK_FALSE(slots[i].varied);
    }
    changed.push_back(static_cast<double>(different) / all);
    varied.push_back(static_cast<double>(marked) / all);
  }
  CHECK(changed.front() == 0);
  CHECK(varied.front() == 0);
  CHECK(varied.back() == 1);
  CHECK(changed.back() > 0.9);
  for (std::size_t i = 1; i < changed.size(); ++i) {
    CHECK(changed[i] > changed[i - 1]);
    CHECK(varied[i] >= varied[i - 1]);
  }
}

TEST_CASE("phrase plan: a change of style enters by an open door and is remembered by itself") {
  ModelInfo model = test::small_model(24);
  // Everything of the second style leads into phrase 31.
  for (std::size_t i = 24; i < 48; ++i)
    model.phrases[i].next.insert(model.phrases[i].next.begin() + 1, {31, 1.f});
  const auto music = test::small_song(128);
  int open = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto parts = dance_parts(music, model, {{0, 0}, {64, 1}}, music.sections, music.duration);
    auto slots = phrase_slots(parts, music.sections, music.duration, music.loudness);
    plan_phrases(slots, model, seed, 0.f);
    bool entered = false;
    for (const PhraseSlot& slot : slots) {
      const int style = model.phrases[static_cast<std::size_t>(slot.code - 1)].style;
      CHECK(style == slot.style);
      CHECK(style == (slot.start < 63 ? 0 : 1));
      CHECK_FALSE(slot.varied);  // the second A is another style's, so not a return
      if (style == 1 && !entered) entered = true, open += slot.code == 31;
    }
  }
  CHECK(open >= 15);
}

TEST_CASE("phrase plan: loud sections get phrases of higher energy; a mirror answers now and then") {
  const ModelInfo model = test::small_model(24);
  double quiet = 0, loud = 0;
  int answers = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto music = test::small_song(128);
    for (std::size_t i = 0; i < music.frames; ++i) music.loudness[i] = music.loudness[i] > 0.7f ? 0.7f : 0.3f;
    const auto slots = plan(music, model, 0, seed);
    for (std::size_t i = 0; i < slots.size(); ++i) {
      (slots[i].label != 0 ? loud : quiet) +=
          static_cast<double>(model.phrases[static_cast<std::size_t>(slots[i].code - 1)].energy);
      if (i > 0)
        answers += model.phrases[static_cast<std::size_t>(slots[i].code - 1)].mirror == slots[i - 1].code;
    }
  }
  CHECK(loud > 1.5 * quiet);
  CHECK(answers > 20);
  CHECK(answers < 400);
}

TEST_CASE("phrase plan: the same seed gives the same plan, another seed another") {
  const ModelInfo model = test::small_model(24);
  const auto codes = [&](std::uint64_t seed) {
    std::vector<int> out;
    for (const auto& slot : plan(test::small_song(), model, 1, seed)) out.push_back(slot.code);
    return out;
  };
  CHECK(codes(3) == codes(3));
  CHECK(codes(3) != codes(4));
}

TEST_CASE("phrase plan: a style of few phrases dances those of its family, its own first") {
  ModelInfo model = test::small_model(8);
  const auto own = [&](const std::vector<PhraseSlot>& slots) {
    int count = 0;
    for (const PhraseSlot& s : slots) {
      REQUIRE(s.code > 0);
      if (model.phrases[static_cast<std::size_t>(s.code - 1)].style == s.style) ++count;
    }
    return count;
  };
  const auto planned = [&] { return plan(test::small_song(64), model, 0, 3, 1.f); };
  const auto apart = planned();
  CHECK(own(apart) == static_cast<int>(apart.size()));
  for (auto& style : model.styles) style.family = "both";
  for (auto& phrase : model.phrases)
    for (int k = 1; k <= 16; k += 3) phrase.next.push_back({k, 9.f});
  const auto together = planned();
  CHECK(own(together) < static_cast<int>(together.size()));
  CHECK(own(together) > static_cast<int>(together.size()) / 3);
}

TEST_CASE("phrase plan: phrases that look the same count as one; other tempi are avoided") {
  ModelInfo model = test::small_model();
  const auto heard = [&](auto&& counts) {
    int count = 0;
    for (const PhraseSlot& s : plan(test::small_song(128), model, 0, 5, 1.f))
      count += counts(model.phrases[static_cast<std::size_t>(s.code - 1)], s.code);
    return count;
  };
  const auto first_half = [](const manifest::Phrase&, int code) { return (code - 1) % 16 < 8 ? 1 : 0; };
  const int before = heard(first_half);
  for (std::size_t i = 0; i < model.phrases.size(); ++i)
    model.phrases[i].alike = i % 16 < 8 ? static_cast<int>(i / 16 * 16) + 1 : static_cast<int>(i) + 1;
  CHECK(heard(first_half) < before);
  for (auto& phrase : model.phrases) phrase.alike = 0;
  for (std::size_t i = 0; i < model.phrases.size(); ++i) model.phrases[i].bpm = i % 16 < 8 ? 40.f : 120.f;
  CHECK(heard(first_half) < before);
}
