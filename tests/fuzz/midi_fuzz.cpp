// Reads arbitrary bytes as a MIDI file; what is read must hold what its header says, and can be counted and
// played.

#include <cmath>
#include <cstdlib>

#include "base/limits.h"
#include "score/alignment.h"
#include "score/midi_file.h"
#include "score/render.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto score = terpsi::score::read_midi({data, size});
  if (!score) {
    check(score.error().message.size() > 20);
    return 0;
  }
  check(!score->notes.empty() && score->notes.size() <= terpsi::limits::kMaxNotes);
  check(score->duration >= 0 && score->duration <= terpsi::limits::kMaxAudioSeconds);
  double last = 0, sounding = 0;
  for (const auto& note : score->notes) {
    check(note.start >= last && note.end >= note.start && note.end <= score->duration);
    check(note.pitch >= 0 && note.pitch < 128 && note.velocity > 0 && note.velocity < 128);
    check(note.program >= 0 && note.program < 128 && note.volume >= 0 && note.volume < 128);
    last = note.start;
    sounding += note.end - note.start;
  }
  check(score->has_metre == !score->tempi.empty() && score->has_metre == !score->signatures.empty());
  for (std::size_t k = 1; k < score->bars.size(); ++k) {
    check(score->bars[k].place > score->bars[k - 1].place &&
          score->bars[k].start >= score->bars[k - 1].start);
  }
  const double seconds = score->duration + terpsi::score::kRenderTail;
  const auto written = terpsi::score::score_metre(*score, seconds);
  const auto metre = terpsi::score::metre_between(terpsi::score::aligned(written, *score), 0, seconds);
  check(metre.beats.size() == metre.beat_in_bar.size());
  check(metre.beats_per_bar >= 1 && metre.beats_per_bar <= 12 && std::isfinite(metre.bpm));
  for (std::size_t k = 0; k < metre.beats.size(); ++k) {
    check(metre.beats[k] >= 0 && metre.beats[k] < seconds);
    check(k == 0 || metre.beats[k] > metre.beats[k - 1]);
    check(metre.beat_in_bar[k] >= 1 && metre.beat_in_bar[k] <= 12);
  }
  if (seconds < 4 && sounding < 60) {  // longer ones take too long to be played for every input
    for (const float v : terpsi::score::render(*score).samples) check(std::abs(v) <= 0.901f);
  }
  return 0;
}
