#pragma once
// Synthesised songs of known form, and how well an analysis found it.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "synth/synth.h"

namespace terpsi::audio::testing {

struct FormSong {
  std::string name;
  synth::SongSpec spec;
};

inline std::vector<FormSong> songs_with_parts() {
  const std::vector<synth::PartSpec> pop = {
      {synth::Part::intro, 4},  {synth::Part::verse, 8},  {synth::Part::chorus, 8}, {synth::Part::verse, 8},
      {synth::Part::chorus, 8}, {synth::Part::bridge, 8}, {synth::Part::chorus, 8}, {synth::Part::outro, 4}};
  const std::vector<synth::PartSpec> aaba = {
      {synth::Part::verse, 8}, {synth::Part::verse, 8}, {synth::Part::bridge, 8}, {synth::Part::verse, 8}};
  const std::vector<synth::PartSpec> club = {
      {synth::Part::intro, 8},   {synth::Part::verse, 8},   {synth::Part::build, 8},
      {synth::Part::chorus, 16}, {synth::Part::verse, 8},   {synth::Part::breakdown, 8},
      {synth::Part::build, 4},   {synth::Part::chorus, 16}, {synth::Part::outro, 8}};
  const std::vector<synth::PartSpec> chords = {{synth::Part::chorus, 8},
                                               {synth::Part::chorus, 8, 1},
                                               {synth::Part::chorus, 8},
                                               {synth::Part::chorus, 8, 1}};
  const std::vector<synth::PartSpec> tunes = {{synth::Part::chorus, 8},
                                              {synth::Part::chorus, 8, 0, 1},
                                              {synth::Part::chorus, 8},
                                              {synth::Part::chorus, 8, 0, 1}};
  const std::vector<synth::PartSpec> odd = {{synth::Part::verse, 6},
                                            {synth::Part::chorus, 10},
                                            {synth::Part::verse, 6},
                                            {synth::Part::bridge, 5},
                                            {synth::Part::chorus, 10}};
  const std::vector<synth::PartSpec> two_choruses = {{synth::Part::verse, 8},
                                                     {synth::Part::chorus, 8},
                                                     {synth::Part::verse, 8},
                                                     {synth::Part::chorus, 8, 1},
                                                     {synth::Part::chorus, 8}};
  const std::vector<synth::PartSpec> verses = {{synth::Part::verse, 16},
                                               {synth::Part::chorus, 8},
                                               {synth::Part::verse, 16, 1},
                                               {synth::Part::chorus, 8},
                                               {synth::Part::verse, 16}};
  const auto song = [](const char* name, double bpm, std::vector<synth::PartSpec> form, auto change) {
    FormSong out{name, {}};
    out.spec.bpm = bpm;
    out.spec.form = std::move(form);
    change(out.spec);
    return out;
  };
  const auto plain = [](synth::SongSpec&) {};
  const auto drumless = [](synth::SongSpec& s) { s.drums = false; };
  const auto waltz = [](synth::SongSpec& s) { s.beats_per_bar = 3; };
  const auto swung = [](synth::SongSpec& s) { s.swing = 0.3; };
  const auto house = [](synth::SongSpec& s) { s.groove = synth::Groove::house; };
  const auto broken = [](synth::SongSpec& s) { s.groove = synth::Groove::breakbeat; };
  return {song("pop", 118, pop, plain),
          song("pop without drums", 100, pop, drumless),
          song("pop waltz", 150, pop, waltz),
          song("pop swung", 96, pop, swung),
          song("pop breakbeat", 140, pop, broken),
          song("pop faster and faster", 100, pop, [](synth::SongSpec& s) { s.bpm_end = 118; }),
          song("aaba", 110, aaba, plain),
          song("aaba without drums", 90, aaba, drumless),
          song("club", 126, club, house),
          song("club breakbeat", 172, club, broken),
          song("chords only", 112, chords, plain),
          song("chords only without drums", 112, chords, drumless),
          song("chords only waltz", 140, chords, waltz),
          song("tunes only", 104, tunes, plain),
          song("tunes only without drums", 104, tunes, drumless),
          song("odd lengths", 122, odd, plain),
          song("odd lengths without drums", 100, odd, drumless),
          song("two choruses", 116, two_choruses, plain),
          song("two verses", 128, verses, plain)};
}

inline std::vector<FormSong> songs_of_one_part() {
  std::vector<FormSong> out;
  for (const synth::Part part : {synth::Part::verse, synth::Part::chorus}) {
    for (const bool drums : {true, false}) {
      for (const int meter : {3, 4}) {
        FormSong song{part == synth::Part::verse ? "verse" : "chorus", {}};
        song.name += drums ? "" : " without drums";
        song.name += meter == 3 ? " in 3" : "";
        song.spec.form = {{part, 32}};
        song.spec.drums = drums;
        song.spec.beats_per_bar = meter;
        out.push_back(song);
      }
    }
  }
  return out;
}

// Neighbours that are the same made one: nothing can be heard between them.
inline std::vector<Section> merged(const std::vector<Section>& sections) {
  std::vector<Section> out;
  for (const Section& s : sections) {
    if (!out.empty() && out.back().label == s.label) {
      out.back().end = s.end;
    } else {
      out.push_back(s);
    }
  }
  return out;
}

// F-measure of borders within `tolerance` seconds, each matched once; start and end of the song do not count.
inline double border_f(const std::vector<Section>& expected, const std::vector<Section>& got,
                       double tolerance) {
  if (expected.size() < 2 && got.size() < 2) return 1;
  std::vector<bool> used(got.size(), false);
  double hits = 0;
  for (std::size_t i = 1; i < expected.size(); ++i) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < got.size(); ++k) {
      const double d = std::abs(got[k].start - expected[i].start);
      if (!used[k] && d <= tolerance && (best == 0 || d < std::abs(got[best].start - expected[i].start)))
        best = k;
    }
    if (best > 0) used[best] = true, ++hits;
  }
  return 2 * hits / static_cast<double>(expected.size() + got.size() - 2);
}

// F-measure of pairs of moments, twice a second, that have the same label.
inline double label_f(const std::vector<Section>& expected, const std::vector<Section>& got) {
  const auto label = [](const std::vector<Section>& sections, double t) {
    int out = -1;
    for (const Section& s : sections) out = s.start <= t ? s.label : out;
    return out;
  };
  std::vector<std::pair<int, int>> at;
  for (double t = 0.25; t < expected.back().end; t += 0.5) at.emplace_back(label(expected, t), label(got, t));
  double both = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    for (std::size_t k = i + 1; k < at.size(); ++k) {
      const bool a = at[i].first == at[k].first, b = at[i].second == at[k].second;
      both += a && b ? 1 : 0, first += a ? 1 : 0, second += b ? 1 : 0;
    }
  }
  return 2 * both / std::max(1.0, first + second);
}

}  // namespace terpsi::audio::testing
