#include "generate/plan/dance_parts.h"

#include <algorithm>
#include <cmath>

namespace terpsi::generate {
namespace {

double median_tempo(const audio::MusicAnalysis& music) {
  if (std::isfinite(music.tempo_bpm) && music.tempo_bpm > 0) return music.tempo_bpm;
  const std::vector<double> beats = clean_beats(music);
  return beats.size() < 2 ? 0 : 60 * static_cast<double>(beats.size() - 1) / (beats.back() - beats.front());
}

// The beat of `part` nearest to t whose number is a multiple of `beats`, counted from its phrase starts.
double nearest_start(const DancePart& part, double t, int beats) {
  if (!part.grid.known()) return t;
  const double position = beat_position(part.grid, t) - part.grid.anchor;
  return beat_time(part.grid, beats * std::round(position / beats) + part.grid.anchor);
}

bool starts_phrase(const DancePart& part, double t) {
  if (!part.grid.known()) return true;
  const double position = (beat_position(part.grid, t) - part.grid.anchor) / kPhraseBeats;
  return std::abs(position - std::round(position)) * kPhraseBeats < 0.5;
}

// A place where a new part may start.
struct Border {
  double time;
  int style;
  bool section;  // a section starts here, on a downbeat
};

bool is_downbeat(const audio::MusicAnalysis& music, double t) {
  constexpr double kNear = 0.15;  // seconds
  const std::size_t count = std::min(music.beats.size(), music.beat_in_bar.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (music.beat_in_bar[i] == 1 && std::abs(music.beats[i] - t) < kNear) return true;
  }
  return false;
}

std::vector<Border> borders(const audio::MusicAnalysis& music, const std::vector<StyleSpan>& spans,
                            const std::vector<audio::Section>& sections) {
  constexpr double kSame = 0.05;  // seconds
  std::vector<Border> out;
  for (const StyleSpan& span : spans) {
    if (std::isfinite(span.start)) out.push_back({span.start, span.style, false});
  }
  for (const audio::Section& section : sections) {
    if (!is_downbeat(music, section.start)) continue;
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const Border& b) { return std::abs(b.time - section.start) < kSame; });
    if (same != out.end()) {
      same->section = true;
    } else if (section.start > 0) {
      std::size_t span = 0;
      while (span + 1 < spans.size() && spans[span + 1].start <= section.start) ++span;
      out.push_back({section.start, spans[span].style, true});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Border& a, const Border& b) { return a.time < b.time; });
  return out;
}

double phrase_seconds(const DancePart& part) {
  return kPhraseBeats * 60 /
         (part.grid.known() ? local_tempo(part.grid, part.start)
          : part.bpm > 20   ? part.bpm
                            : 120.0);
}

}  // namespace

std::vector<DancePart> dance_parts(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                                   const std::vector<StyleSpan>& spans,
                                   const std::vector<audio::Section>& sections, double duration) {
  const double tempo = median_tempo(music);
  std::vector<DancePart> parts;
  for (const Border& border : borders(music, spans, sections)) {
    DancePart part;
    part.style = border.style;
    part.bpm = static_cast<double>(model.styles[static_cast<std::size_t>(border.style)].bpm);
    if (parts.empty()) {
      part.grid = make_beat_grid(music, part.bpm);
      parts.push_back(std::move(part));
      continue;
    }
    const DancePart& before = parts.back();
    part.start = nearest_start(before, border.time, border.section ? 1 : kPhraseBeats);
    if (part.style == before.style && starts_phrase(before, part.start)) continue;
    if (!(part.start < duration)) break;
    if (part.start < before.start + 0.45 * phrase_seconds(before)) {  // too little is left of the part before
      part.start = before.start;
      parts.pop_back();
      if (!parts.empty() && parts.back().style == part.style && starts_phrase(parts.back(), part.start))
        continue;
    }
    if (parts.empty()) {
      part.grid = make_beat_grid(music, part.bpm);
    } else if (dance_factor(tempo, part.bpm) == dance_factor(tempo, parts.back().bpm)) {
      part.grid = parts.back().grid;
      if (!starts_phrase(parts.back(), part.start)) count_from(part.grid, part.start);
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
