#include "generate/dance_parts.h"

#include <algorithm>
#include <cmath>

namespace terpsi::generate {
namespace {

double median_tempo(const audio::MusicAnalysis& music) {
  if (std::isfinite(music.tempo_bpm) && music.tempo_bpm > 0) return music.tempo_bpm;
  const std::vector<double> beats = clean_beats(music);
  return beats.size() < 2 ? 0 : 60 * static_cast<double>(beats.size() - 1) / (beats.back() - beats.front());
}

// The phrase start of `part` nearest to t.
double phrase_start(const DancePart& part, double t) {
  if (!part.grid.known()) return t;
  const double position = beat_position(part.grid, t) - part.grid.anchor;
  return beat_time(part.grid, kPhraseBeats * std::round(position / kPhraseBeats) + part.grid.anchor);
}

double phrase_seconds(const DancePart& part) {
  return kPhraseBeats * 60 /
         (part.grid.known() ? local_tempo(part.grid, part.start)
          : part.bpm > 20   ? part.bpm
                            : 120.0);
}

}  // namespace

std::vector<DancePart> dance_parts(const audio::MusicAnalysis& music, const ModelInfo& model,
                                   const std::vector<StyleSpan>& spans, double duration) {
  const double tempo = median_tempo(music);
  std::vector<DancePart> parts;
  for (const StyleSpan& span : spans) {
    DancePart part;
    part.style = span.style;
    part.bpm = static_cast<double>(model.styles[static_cast<std::size_t>(span.style)].bpm);
    if (!parts.empty()) {
      const DancePart& before = parts.back();
      part.start = phrase_start(before, span.start);
      if (!(part.start < duration)) break;
      if (part.start < before.start + 0.5 * phrase_seconds(before)) {  // nothing is left of the part before
        part.start = before.start;
        parts.pop_back();
      }
    }
    if (!parts.empty() && parts.back().style == part.style) continue;
    if (parts.empty()) {
      part.grid = make_beat_grid(music, part.bpm);
    } else if (dance_factor(tempo, part.bpm) == dance_factor(tempo, parts.back().bpm)) {
      part.grid = parts.back().grid;
    } else {
      part.grid = make_beat_grid(music, part.bpm, part.start);
    }
    parts.push_back(std::move(part));
  }
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i].end = i + 1 < parts.size() ? parts[i + 1].start : duration;
  return parts;
}

std::size_t part_at(const std::vector<DancePart>& parts, double t) {
  std::size_t found = 0;
  while (found + 1 < parts.size() && parts[found + 1].start <= t) ++found;
  return found;
}

std::vector<double> dance_beats(const std::vector<DancePart>& parts) {
  constexpr double kSame = 0.02;  // seconds
  std::vector<double> out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (double beat : parts[i].grid.beats) {
      const bool here = (i == 0 || beat >= parts[i].start - kSame) &&
                        (i + 1 == parts.size() || beat < parts[i].end - kSame);
      if (here) out.push_back(beat);
    }
  }
  return out;
}

}  // namespace terpsi::generate
