#include "score/listen.h"

#include <algorithm>
#include <utility>

#include "audio/count/bar.h"
#include "audio/count/classical_metre.h"
#include "score/alignment.h"

namespace terpsi::score {

std::optional<audio::Metre> written_metre(const Score& score, const audio::Hearing& heard, double from,
                                          double to) {
  if (!score.has_metre) return std::nullopt;
  const double end = std::min(to, from + heard.duration);
  audio::Metre metre = metre_between(aligned(score_metre(score, end), score), from, end);
  if (metre.beats_per_bar == 1) {
    audio::Bars bars = audio::find_bars(metre.beats, heard.onset, heard.chroma);
    metre.beats_per_bar = bars.beats_per_bar;
    metre.beat_in_bar = std::move(bars.beat_in_bar);
  }
  return metre;
}

Result<audio::MusicAnalysis> analyze_score(const Score& score, const audio::Pcm& pcm, double from,
                                           double to) {
  const auto heard = audio::hear(pcm);
  if (!heard) return heard.error();
  auto metre = written_metre(score, *heard, from, to);
  return audio::describe(*heard, metre ? std::move(*metre) : audio::classical_metre(*heard));
}

}  // namespace terpsi::score
