#include "audio/count/network_metre.h"

#include <doctest/doctest.h>

#include "audio/count/bar_pointer.h"
#include "audio/count/classical_metre.h"
#include "audio/hear/listener_input.h"
#include "core/audio/signals.h"
#include "synth/synth.h"

using namespace terpsi::audio;
using namespace terpsi::synth;

TEST_CASE("network metre: a sure network counts, a clueless one gives way to a surer tracker") {
  SongSpec spec;
  spec.bpm = 112;
  spec.form = {{Part::verse, 6}, {Part::chorus, 6}};
  const auto song = synthesize_song(spec);
  REQUIRE(song.ok());
  const auto heard = spectral_features(song->pcm);
  REQUIRE(heard.ok());
  const std::size_t rows = listener_input(*heard).size() / kListenerColumns;

  const std::vector<float> clueless(rows * 2, 0.02f);
  CHECK(network_metre(*heard, clueless).beats == classical_metre(*heard).beats);
  CHECK(network_metre(*heard, {}).beats == classical_metre(*heard).beats);

  std::vector<float> sure(rows * 2, 0.02f);  // of beats that are not in the sound
  for (std::size_t row = 20, k = 0; row < rows; row += 71, ++k) {
    sure[2 * row] = 0.95f;
    sure[2 * row + 1] = k % 3 == 0 ? 0.95f : 0.02f;
  }
  const Metre metre = network_metre(*heard, sure);
  CHECK(metre.beats_per_bar == 3);
  CHECK(metre.bpm == doctest::Approx(60.0 * kListenerRate / 71).epsilon(0.01));

  const auto noise = spectral_features({testing::noise(22050 * 12, 3), kAnalysisRate});
  REQUIRE(noise.ok());
  CHECK(network_metre(*noise, std::vector<float>(listener_input(*noise).size() / kListenerColumns * 2, 0.02f))
            .confidence < 0.3);
}
