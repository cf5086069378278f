#include "audio/describe/features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "audio/describe/eights.h"
#include "audio/hear/chroma.h"
#include "audio/hear/mel.h"
#include "audio/music.h"
#include "base/limits.h"

namespace terpsi::audio {
namespace {

using Layout = FeatureLayout;

// Sets the frame nearest a time to 1.
void mark(std::vector<float>& features, std::size_t frames, double seconds, int column) {
  const double frame = std::floor(seconds * limits::kFps + 0.5);
  if (frame < 0 || frame >= static_cast<double>(frames)) return;
  features[static_cast<std::size_t>(frame) * Layout::kColumns + static_cast<std::size_t>(column)] = 1.0f;
}

// Sine and cosine of a phase in turns.
void put_phase(float* row, int column, double turns) {
  row[column] = static_cast<float>(std::sin(2 * std::numbers::pi * turns));
  row[column + 1] = static_cast<float>(std::cos(2 * std::numbers::pi * turns));
}

// For each beat, how many beats its bar counts: bars longer than most (of scores) end at phase 0, too.
std::vector<int> bar_lengths(const MusicAnalysis& music) {
  std::vector<int> lengths(music.beats.size());
  const auto at = [](auto& values, std::size_t k) { return values.begin() + static_cast<std::ptrdiff_t>(k); };
  for (std::size_t end = lengths.size(), k = lengths.size(); k-- > 0;) {
    if (music.beat_in_bar[k] != 1 && k > 0) continue;
    const int longest = *std::max_element(at(music.beat_in_bar, k), at(music.beat_in_bar, end));
    std::fill(at(lengths, k), at(lengths, end), std::max(music.beats_per_bar, longest));
    end = k;
  }
  return lengths;
}

// The beat columns. Precondition: at least two beats.
void fill_phases(MusicAnalysis& music) {
  const std::vector<double>& beats = music.beats;
  const int parity = eight_parity(music);
  const std::vector<int> bar_beats = bar_lengths(music);
  // Bar number plus position within the bar.
  std::vector<double> bar_at(beats.size());
  int bar = 0;
  bool seen = false;
  for (std::size_t k = 0; k < beats.size(); ++k) {
    if (music.beat_in_bar[k] == 1) {
      if (seen) ++bar;
      seen = true;
    }
    bar_at[k] = bar + (seen ? 0.0 : -1.0) + static_cast<double>(music.beat_in_bar[k] - 1) / bar_beats[k];
  }
  std::size_t k = 0;
  for (std::size_t i = 0; i < music.frames; ++i) {
    const double t = static_cast<double>(i) / limits::kFps;
    while (k + 2 < beats.size() && beats[k + 1] <= t) ++k;
    // Below 0 before the first beat, above 1 after the last.
    const double position = (t - beats[k]) / (beats[k + 1] - beats[k]);
    const double phase = position - std::floor(position);
    // In a bar that is cut short the step to the downbeat is no more than one and a half beats.
    const double beat_of_bar = 1.0 / bar_beats[k];
    double step = bar_at[k + 1] - bar_at[k];
    if (step <= 0 || step > beat_of_bar * 1.5) step = beat_of_bar;
    const double bars =
        position <= 1 ? bar_at[k] + position * step : bar_at[k + 1] + (position - 1) * beat_of_bar;
    float* row = music.features.data() + i * static_cast<std::size_t>(Layout::kColumns);
    put_phase(row, Layout::kBeatPhase, phase);
    put_phase(row, Layout::kBarPhase, bars);
    put_phase(row, Layout::kEightPhase, 0.5 * (bars - parity));
    row[Layout::kBeatDistance] = static_cast<float>(phase <= 0.5 ? phase : phase - 1);
  }
}

}  // namespace

std::array<std::string_view, FeatureLayout::kColumns> FeatureLayout::names() {
  return {"onset",           "mfcc_0",         "mfcc_1",        "mfcc_2",        "mfcc_3",
          "mfcc_4",          "mfcc_5",         "mfcc_6",        "mfcc_7",        "mfcc_8",
          "mfcc_9",          "mfcc_10",        "mfcc_11",       "mfcc_12",       "mfcc_13",
          "mfcc_14",         "mfcc_15",        "mfcc_16",       "mfcc_17",       "mfcc_18",
          "mfcc_19",         "chroma_c",       "chroma_cs",     "chroma_d",      "chroma_ds",
          "chroma_e",        "chroma_f",       "chroma_fs",     "chroma_g",      "chroma_gs",
          "chroma_a",        "chroma_as",      "chroma_b",      "onset_peak",    "beat",
          "beat_phase_sin",  "beat_phase_cos", "bar_phase_sin", "bar_phase_cos", "eight_phase_sin",
          "eight_phase_cos", "beat_distance",  "log_tempo",     "loudness",      "onset_low",
          "onset_mid",       "onset_high",     "novelty"};
}

void fill_features(MusicAnalysis& music, const FeatureSources& sources) {
  const std::size_t frames = music.frames;
  constexpr auto kColumns = static_cast<std::size_t>(Layout::kColumns);
  music.features.assign(frames * kColumns, 0.0f);
  for (std::size_t i = 0; i < frames; ++i) {
    float* row = music.features.data() + i * kColumns;
    row[Layout::kOnset] = music.onset[i];
    std::copy_n(sources.mfcc.data() + i * kMfccCount, kMfccCount, row + Layout::kMfcc);
    std::copy_n(sources.chroma.data() + i * kChromaClasses, kChromaClasses, row + Layout::kChroma);
    row[Layout::kLogTempo] = std::log2(music.tempo[i] / 120.0f);
    row[Layout::kLoudness] = music.loudness[i];
    std::copy_n(sources.band_onset.data() + i * 3, 3, row + Layout::kBandOnset);
    row[Layout::kNovelty] = music.novelty[i];
  }
  for (double t : sources.onset_peaks) mark(music.features, frames, t, Layout::kOnsetPeak);
  for (double t : music.beats) mark(music.features, frames, t, Layout::kBeat);

  if (music.beats.size() >= 2) fill_phases(music);
}

}  // namespace terpsi::audio
