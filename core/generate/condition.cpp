#include "generate/condition.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/limits.h"
#include "generate/beat_grid.h"
#include "generate/phrase_plan.h"
#include "generate/style_choice.h"

namespace terpsi::generate {
namespace {

constexpr int kLoudnessReach = limits::kFps;  // frames on each side of the loudness average
constexpr float kLoudnessToEnergy = 0.5f;

double seconds_of(int frame) {
  return static_cast<double>(frame) / limits::kFps;
}

// The values at each frame, clamped to 0..1; 0 where there is none or it is not finite.
std::vector<double> per_frame(const std::vector<float>& values, int frames) {
  std::vector<double> out(static_cast<std::size_t>(frames), 0.0);
  for (std::size_t i = 0; i < out.size() && i < values.size(); ++i) {
    if (std::isfinite(values[i])) out[i] = std::clamp(static_cast<double>(values[i]), 0.0, 1.0);
  }
  return out;
}

// Mean over 2 reach + 1 frames, fewer at the ends.
std::vector<double> moving_average(const std::vector<double>& values, int reach) {
  std::vector<double> sums(values.size() + 1, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + values[i];
  std::vector<double> out(values.size());
  const auto n = static_cast<int>(values.size());
  for (int i = 0; i < n; ++i) {
    const auto from = static_cast<std::size_t>(std::max(i - reach, 0));
    const auto to = static_cast<std::size_t>(std::min(i + reach + 1, n));
    out[static_cast<std::size_t>(i)] = (sums[to] - sums[from]) / static_cast<double>(to - from);
  }
  return out;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<float> energy_curve(const audio::MusicAnalysis& music, int frames, float energy) {
  const std::vector<double> loudness = moving_average(per_frame(music.loudness, frames), kLoudnessReach);
  const double typical = median(loudness);
  std::vector<float> out;
  out.reserve(loudness.size());
  for (double l : loudness) {
    out.push_back(std::clamp(energy + kLoudnessToEnergy * static_cast<float>(l - typical), 0.f, 1.f));
  }
  return out;
}

std::vector<float> accent_curve(const audio::MusicAnalysis& music, int frames) {
  const std::vector<double> onset = per_frame(music.onset, frames);
  const auto n = static_cast<int>(onset.size());
  const auto at = [&](const std::vector<double>& v, int i) {
    return v[static_cast<std::size_t>(std::clamp(i, 0, n - 1))];
  };
  std::vector<double> peak(onset.size());
  for (int i = 0; i < n; ++i) {
    peak[static_cast<std::size_t>(i)] = std::max({at(onset, i - 1), at(onset, i), at(onset, i + 1)});
  }
  std::vector<float> out;
  for (int i = 0; i < n; ++i) {
    out.push_back(static_cast<float>(0.25 * at(peak, i - 1) + 0.5 * at(peak, i) + 0.25 * at(peak, i + 1)));
  }
  return out;
}

void write_phase(float* columns, double cycles) {
  const double angle = 2 * std::numbers::pi * (cycles - std::floor(cycles));
  columns[0] = static_cast<float>(std::sin(angle));
  columns[1] = static_cast<float>(std::cos(angle));
}

void write_beat_columns(float* row, const BeatGrid& grid, double t) {
  const double beat = beat_position(grid, t);
  write_phase(row + 0, beat);
  write_phase(row + 2, (beat - grid.anchor) / kPhraseBeats);
  write_phase(row + 4, (beat - grid.eight_anchor) / kEightBeats);
  row[6] = static_cast<float>(std::clamp(std::log2(local_tempo(grid, t) / 120), -3.0, 3.0));
  row[9] = 1.f;
}

std::vector<audio::Section> trusted_sections(const audio::MusicAnalysis& music) {
  std::vector<audio::Section> out;
  for (const audio::Section& s : music.sections) {
    if (std::isfinite(s.start) && std::isfinite(s.end) && (out.empty() || s.start > out.back().start))
      out.push_back(s);
  }
  return out;
}

// Frames count from the start of their section; each label has 32768 numbers of its own.
std::vector<std::int32_t> noise_frames(const std::vector<audio::Section>& sections, int frames) {
  static_assert(limits::kMaxFrames < 32768);
  std::vector<std::int32_t> out(static_cast<std::size_t>(frames));
  std::size_t section = 0;
  for (int i = 0; i < frames; ++i) {
    while (section + 1 < sections.size() && sections[section + 1].start <= seconds_of(i)) ++section;
    const double start =
        sections.empty() ? 0 : std::clamp(sections[section].start * limits::kFps, 0.0, double(i));
    const auto label = sections.empty() ? 0u : static_cast<std::uint32_t>(sections[section].label) & 0x7fffu;
    out[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(label * 32768u) + i - static_cast<int>(std::ceil(start));
  }
  return out;
}

std::vector<std::int32_t> codes_by_frame(const std::vector<PhraseSlot>& slots, int frames) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(frames), 0);
  std::size_t slot = 0;
  for (int i = 0; i < frames && !slots.empty(); ++i) {
    while (slot + 1 < slots.size() && slots[slot].end <= seconds_of(i)) ++slot;
    out[static_cast<std::size_t>(i)] = slots[slot].code;
  }
  return out;
}

}  // namespace

Result<Condition> make_condition(const audio::MusicAnalysis& music, const ModelInfo& model,
                                 const DanceOptions& options) {
  if (music.frames == 0) return Error{ErrorCode::empty, "there is no music to dance to; choose a song"};
  if (music.frames > static_cast<std::size_t>(limits::kMaxFrames)) {
    return Error{ErrorCode::too_large, "the song is longer than 15 minutes; choose a part of it"};
  }
  if (!(options.energy >= 0.f && options.energy <= 1.f)) {
    return Error{ErrorCode::invalid_argument, "energy must be a number from 0 (small) to 1 (big)"};
  }
  const Result<int> style = resolve_style(options.style, music, model, options.seed);
  if (!style) return style.error();

  Condition c;
  c.frames = static_cast<int>(music.frames);
  c.columns = kFixedColumns + static_cast<int>(model.styles.size());
  c.style = *style;
  const auto style_bpm = static_cast<double>(model.styles[static_cast<std::size_t>(c.style)].bpm);
  const BeatGrid grid = make_beat_grid(music, style_bpm);
  const std::vector<float> energy = energy_curve(music, c.frames, options.energy);
  const std::vector<float> accent = accent_curve(music, c.frames);
  c.values.assign(static_cast<std::size_t>(c.frames) * static_cast<std::size_t>(c.columns), 0.f);
  for (int i = 0; i < c.frames; ++i) {
    float* row = c.values.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(c.columns);
    if (grid.known()) write_beat_columns(row, grid, seconds_of(i));
    row[7] = energy[static_cast<std::size_t>(i)];
    row[8] = accent[static_cast<std::size_t>(i)];
    row[kFixedColumns + c.style] = 1.f;
  }

  const std::vector<audio::Section> sections = trusted_sections(music);
  std::vector<PhraseSlot> slots = phrase_slots(grid, sections, seconds_of(c.frames), style_bpm, energy);
  plan_phrases(slots, model, c.style, options.seed);
  c.phrases = codes_by_frame(slots, c.frames);
  c.noise_frames = noise_frames(sections, c.frames);
  c.dance_beats = grid.beats;
  if (grid.known()) c.beats = clean_beats(music);
  return c;
}

}  // namespace terpsi::generate
