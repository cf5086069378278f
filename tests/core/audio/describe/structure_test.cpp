#include "audio/describe/structure.h"

#include <doctest/doctest.h>

#include "audio/hear/chroma.h"
#include "audio/hear/mel.h"
#include "core/audio/signals.h"

using namespace terpsi::audio;
using namespace terpsi::audio::testing;

namespace {
struct Material {
  std::vector<float> mfcc, chroma, loudness, bands;
  Timbre view() const { return {mfcc, chroma, loudness, bands}; }
};

// kinds[k] is the timbre of bar k; bars last 2 s.
Material material(const std::vector<int>& kinds) {
  const std::size_t frames = kinds.size() * 60;
  Material m{noise(frames * kMfccCount, 3, 0.2f), noise(frames * kChromaClasses, 4, 0.2f),
             std::vector<float>(frames, 0.8f), noise(frames * 3, 5, 0.2f)};
  for (std::size_t i = 0; i < frames; ++i) {
    const int kind = kinds[i / 60];
    m.mfcc[i * kMfccCount + static_cast<std::size_t>(1 + kind)] += 2;
    m.bands[i * 3] += 0.3f * static_cast<float>(kind);
  }
  return m;
}
}  // namespace

TEST_CASE("short songs, songs without bars and even songs are one section") {
  const Material m = material(std::vector<int>(20, 1));
  for (const std::vector<double>& borders :
       {std::vector<double>{}, std::vector<double>{0.0}, every(2, 0, 40)}) {
    const Structure s = find_structure(m.view(), borders, 40);
    REQUIRE(s.sections.size() == 1);
    CHECK(s.sections[0].start == 0);
    CHECK(s.sections[0].end == 40);
    REQUIRE(s.novelty.size() == 1200);
    for (const float v : s.novelty) CHECK((v >= 0 && v <= 1));
  }
}

TEST_CASE("verse, chorus, verse, chorus: borders on the bar, and the same labels again") {
  std::vector<int> kinds;
  for (const int kind : {0, 1, 0, 1}) kinds.insert(kinds.end(), 8, kind);
  const Structure s = find_structure(material(kinds).view(), every(2, 0, 64), 64);
  REQUIRE(s.sections.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(s.sections[k].start == doctest::Approx(16.0 * static_cast<double>(k)));
    CHECK(s.sections[k].label == static_cast<int>(k % 2));
  }
  CHECK(s.novelty[480] > 0.9f);
  CHECK(s.novelty[240] < 0.3f);
}
