#include "generate/phrase_plan.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "core/generate/fixture.h"

using namespace terpsi;
using namespace terpsi::generate;

namespace {

std::vector<PhraseSlot> plan(const audio::MusicAnalysis& music, const ModelInfo& model, int style,
                             std::uint64_t seed) {
  const double bpm = static_cast<double>(model.styles[static_cast<std::size_t>(style)].bpm);
  auto slots = phrase_slots(make_beat_grid(music, bpm), music.sections, music.duration, bpm, music.loudness);
  plan_phrases(slots, model, style, seed);
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
  plan_phrases(none, model, 0, 1);
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
    const BeatGrid grid = make_beat_grid(music, 120);
    const auto slots = phrase_slots(grid, music.sections, music.duration, 120, music.loudness);
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
  const auto gridless = phrase_slots(BeatGrid{}, {}, 10, 120, {});
  CHECK(gridless.size() == 5);
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
    for (const PhraseSlot& slot : slots)
      by_section[static_cast<std::size_t>(slot.section)].push_back(slot.code);
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
