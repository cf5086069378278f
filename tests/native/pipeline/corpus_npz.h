#pragma once
// A corpus of phrases as the arrays of its file, for the tests of reading it.

#include "core/format/npy_text.h"
#include "format/npz.h"
#include "generate/graph/phrase_corpus.h"
#include "motion/motion_vector.h"

namespace terpsi::test {

inline format::Npz corpus_npz(const generate::PhraseCorpus& c, std::size_t width = 3) {
  using Ints = std::vector<std::int32_t>;
  const auto ints = [](const Ints& v) { return format::npy_ints(v, {v.size()}); };
  const auto floats = [](const std::vector<float>& v) { return format::npy_floats(v, {v.size()}); };
  std::string names, families;
  std::vector<float> bpm, magnitude, clip_bpm(c.clip_start.size() - 1, 100.f), energy, cost, phrase_bpm;
  for (const auto& s : c.styles) {
    families += (names.empty() ? "" : "\n") + s.family;
    names += (names.empty() ? "" : "\n") + s.name;
    bpm.push_back(s.bpm);
    magnitude.push_back(s.magnitude);
  }
  Ints row, before, after, style, mirror, code, alike;
  std::vector<std::uint8_t> mirrored;
  for (std::size_t i = 0; i < c.phrases.size(); ++i) {
    row.push_back(c.sources[i].row);
    before.push_back(c.sources[i].before);
    after.push_back(c.sources[i].after);
    mirrored.push_back(c.sources[i].mirrored ? 1 : 0);
    style.push_back(c.phrases[i].style);
    mirror.push_back(c.phrases[i].mirror);
    energy.push_back(c.phrases[i].energy);
    phrase_bpm.push_back(c.phrases[i].bpm);
    alike.push_back(c.phrases[i].alike);
    for (std::size_t k = 0; k < width; ++k) {
      const bool known = k < c.phrases[i].next.size();
      code.push_back(known ? c.phrases[i].next[k].code : 0);
      cost.push_back(known ? c.phrases[i].next[k].cost : 0.f);
    }
  }
  const std::size_t rows = c.rows.size() / motion::kMotionDims, phrases = c.phrases.size();
  return {{"version", format::npy_ints(Ints{2}, {})},
          {"samples", format::npy_ints(Ints{c.samples}, {})},
          {"rows", format::npy_floats(c.rows, {rows, motion::kMotionDims})},
          {"clip_start", ints(c.clip_start)},
          {"clip_bpm", floats(clip_bpm)},
          {"style_names", test::npy_text(names)},
          {"style_families", test::npy_text(families)},
          {"style_bpm", floats(bpm)},
          {"style_magnitude", floats(magnitude)},
          {"phrase_row", ints(row)},
          {"phrase_before", ints(before)},
          {"phrase_after", ints(after)},
          {"phrase_mirrored", format::npy_bytes(mirrored, {phrases})},
          {"phrase_style", ints(style)},
          {"phrase_mirror", ints(mirror)},
          {"phrase_energy", floats(energy)},
          {"phrase_bpm", floats(phrase_bpm)},
          {"phrase_alike", ints(alike)},
          {"next_code", format::npy_ints(code, {phrases, width})},
          {"next_cost", format::npy_floats(cost, {phrases, width})}};
}

}  // namespace terpsi::test
