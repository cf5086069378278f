#include "generate/plan/condition.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/curves.h"
#include "base/limits.h"
#include "base/statistics.h"
#include "generate/plan/dance_parts.h"
#include "generate/plan/phrase_plan.h"
#include "generate/plan/song_shape.h"
#include "generate/plan/style_choice.h"

namespace terpsi::generate {
namespace {

constexpr int kLoudnessReach = limits::kFps;  // frames on each side of the loudness average
constexpr double kSilent = 0.05;              // loudness that does not count
constexpr double kEnergyRange = 0.5;          // of a song's 10th to 90th percentile of loudness
constexpr double kLeastGain = 0.5, kMostGain = 1.5;
constexpr double kNotQuieter = 0.08;  // a section may be quieter by this and still be built up to
constexpr float kBuildUp = 0.15f, kArrival = 0.2f;  // of energy before and at a section start
constexpr int kAccentBeats = 2;                     // beats that these last
constexpr float kFirstShare = 0.4f;                 // of the energy at the very start
constexpr double kComesAlive = 2.0;                 // seconds at most from standing to dancing

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

std::vector<float> energy_curve(const audio::MusicAnalysis& music, int frames, float energy) {
  const std::vector<double> loudness = moving_mean(per_frame(music.loudness, frames), kLoudnessReach);
  std::vector<double> heard = loudness;
  std::erase_if(heard, [](double l) { return l < kSilent; });
  const double typical = quantile(heard, 0.5);
  const double spread = quantile(heard, 0.9) - quantile(heard, 0.1);
  const double gain = std::clamp(kEnergyRange / std::max(spread, 1e-3), kLeastGain, kMostGain);
  std::vector<float> out;
  out.reserve(loudness.size());
  for (double l : loudness)
    out.push_back(std::clamp(energy + static_cast<float>(gain * (l - typical)), 0.f, 1.f));
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
  write_phase(row + ConditionLayout::kBeatPhase, beat);
  write_phase(row + ConditionLayout::kPhrasePhase, (beat - grid.anchor) / kPhraseBeats);
  write_phase(row + ConditionLayout::kEightPhase, (beat - grid.eight_anchor) / kEightBeats);
  row[ConditionLayout::kTempo] =
      static_cast<float>(std::clamp(std::log2(local_tempo(grid, t) / 120), -3.0, 3.0));
  row[ConditionLayout::kBeatsKnown] = 1.f;
}

// A phrase start at which a new section is danced.
struct Entry {
  double time;
  double beat;    // seconds of a dance beat there
  bool build_up;  // the new section is not quieter
};

std::vector<Entry> section_entries(const std::vector<PhraseSlot>& slots, const SongShape& shape) {
  std::vector<Entry> out;
  for (std::size_t i = 1; i < slots.size(); ++i) {
    if (slots[i].section == slots[i - 1].section) continue;
    const auto loudness = [&](int section) {
      return static_cast<double>(shape.loudness[static_cast<std::size_t>(section)]);
    };
    const bool build = loudness(slots[i].section) > loudness(slots[i - 1].section) - kNotQuieter;
    out.push_back({slots[i].start, (slots[i].end - slots[i].start) / kPhraseBeats, build});
  }
  return out;
}

// Before a section starts the energy builds up, on its first beat it is struck.
void mark_sections(const std::vector<Entry>& entries, std::vector<float>& energy,
                   std::vector<float>& accent) {
  for (const Entry& entry : entries) {
    const double reach = kAccentBeats * entry.beat;
    const int from = std::max(0, static_cast<int>(std::ceil((entry.time - reach) * limits::kFps)));
    const int to = std::min(static_cast<int>(energy.size()) - 1,
                            static_cast<int>(std::floor((entry.time + reach) * limits::kFps)));
    for (int i = from; i <= to; ++i) {
      const auto frame = static_cast<std::size_t>(i);
      const double t = seconds_of(i) - entry.time;
      if (std::abs(t) * limits::kFps <= 1.5) accent[frame] = 1.f;
      if (!entry.build_up) continue;
      const double more = t < 0 ? static_cast<double>(kBuildUp) * smoothstep(1 + t / reach)
                                : static_cast<double>(kArrival) * smoothstep(1 - t / reach);
      energy[frame] = std::clamp(energy[frame] + static_cast<float>(more), 0.f, 1.f);
    }
  }
}

// Frames count from the first phrase start of their section; each label has 32768 numbers of its own, and so
// has each section for the phrases that are new in it.
std::vector<std::int32_t> noise_frames(const std::vector<PhraseSlot>& slots, int frames) {
  constexpr int kBefore = 1024;  // numbers for what comes before the first phrase start
  static_assert(limits::kMaxFrames + kBefore < 32768);
  constexpr std::uint32_t kOwn = 1u << 30;
  std::vector<std::int32_t> out(static_cast<std::size_t>(frames));
  std::size_t slot = 0;
  int origin = 0;
  const auto find_origin = [&](const PhraseSlot& s) {
    const double start = s.start - s.place * (s.end - s.start);
    origin = static_cast<int>(std::lround(std::clamp(start * limits::kFps, -1e6, 1e6)));
  };
  if (!slots.empty()) find_origin(slots[0]);
  for (int i = 0; i < frames; ++i) {
    while (slot + 1 < slots.size() && slots[slot].end <= seconds_of(i)) {
      ++slot;
      if (slots[slot].section != slots[slot - 1].section) find_origin(slots[slot]);
    }
    std::uint32_t key = 0;
    if (slot < slots.size()) {
      const PhraseSlot& s = slots[slot];
      key = 32768u * (static_cast<std::uint32_t>(s.varied ? s.section : s.label) & 0x7fffu) +
            (s.varied ? kOwn : 0u);
    }
    out[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(key) + std::clamp(i - origin + kBefore, 0, 32767);
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

// The styles' weights at time t; around the border between two parts they cross over within 4 beats.
void write_style_weights(float* weights, const std::vector<DancePart>& parts, double t) {
  const auto crossed = [&](const DancePart& part) {  // 0 to 1 around the end of a part
    const double tempo = part.grid.known() ? local_tempo(part.grid, part.end) : std::max(part.bpm, 20.0);
    return smoothstep(0.5 + (t - part.end) / (kPhraseBeats * 60 / tempo));
  };
  const std::size_t now = part_at(parts, t);
  const double after = now + 1 < parts.size() ? crossed(parts[now]) : 0;  // share of the next part
  const double before = now > 0 ? 1 - crossed(parts[now - 1]) : 0;        // and of the one before
  if (now > 0) weights[parts[now - 1].style] += static_cast<float>(before);
  if (after > 0) weights[parts[now + 1].style] += static_cast<float>(std::min(after, 1 - before));
  weights[parts[now].style] += static_cast<float>(std::max(0.0, 1 - before - after));
}

Status check_options(const DanceOptions& options) {
  if (!(options.energy >= 0.f && options.energy <= 1.f))
    return Error{ErrorCode::invalid_argument, "energy must be a number from 0 (small) to 1 (big)"};
  if (!(options.variation >= 0.f && options.variation <= 1.f)) {
    return Error{ErrorCode::invalid_argument,
                 "variation must be a number from 0 (returning sections repeat) to 1 (all is new)"};
  }
  return ok_status();
}

// When the dancer comes alive and where the dance ends.
void shape_ends(Condition& c, const SongShape& shape, const DanceOptions& options) {
  const double duration = seconds_of(c.frames);
  if (duration < kShortestShaped) return;
  if (options.ending) c.final_beat = shape.final_beat;
  if (!options.opening) return;
  const double beat = c.dance_beats.size() < 2 ? 0.5 : c.dance_beats[1] - c.dance_beats[0];
  c.alive_from = std::clamp(shape.first_beat - 0.5 * beat, 0.0, 0.5 * duration);
  c.alive_by = c.alive_from + std::clamp(4 * beat, 1.0, kComesAlive);
}

}  // namespace

Result<Condition> make_condition(const audio::MusicAnalysis& music, const manifest::ModelInfo& model,
                                 const DanceOptions& options) {
  if (music.frames == 0) return Error{ErrorCode::empty, "there is no music to dance to; choose a song"};
  if (music.frames > static_cast<std::size_t>(limits::kMaxFrames)) {
    return Error{ErrorCode::too_large, "the song is longer than 15 minutes; choose a part of it"};
  }
  if (auto status = check_options(options); !status) return status.error();
  Result<StyleChoice> style = resolve_style(options.style, music, model, options.seed);
  if (!style) return style.error();

  Condition c;
  c.frames = static_cast<int>(music.frames);
  c.columns = ConditionLayout::kFixedColumns + static_cast<int>(model.styles.size());
  c.style = style->style;
  c.style_reason = std::move(style->reason);
  const double duration = seconds_of(c.frames);
  const SongShape shape = song_shape(music);
  const auto spans = style_spans(options.section_styles, shape, duration, model, c.style);
  if (!spans) return spans.error();
  const std::vector<DancePart> parts = dance_parts(music, model, *spans, shape.sections, duration);
  c.dance_beats = dance_beats(parts);
  for (std::size_t i = 1; i < parts.size(); ++i) c.splices.push_back(parts[i].start);
  if (parts.front().grid.known()) c.beats = clean_beats(music);
  shape_ends(c, shape, options);

  std::vector<float> energy = energy_curve(music, c.frames, options.energy);
  std::vector<float> accent = accent_curve(music, c.frames);
  std::vector<PhraseSlot> slots = phrase_slots(parts, shape.sections, duration, energy);
  plan_phrases(slots, model, options.seed, options.variation);
  std::vector<Entry> entries = section_entries(slots, shape);
  if (shape.final_beat >= 0)
    std::erase_if(entries, [&](const Entry& e) { return e.time >= shape.final_beat; });
  for (const Entry& entry : entries) c.section_starts.push_back(entry.time);
  mark_sections(entries, energy, accent);

  c.values.assign(static_cast<std::size_t>(c.frames) * static_cast<std::size_t>(c.columns), 0.f);
  for (int i = 0; i < c.frames; ++i) {
    const double t = seconds_of(i);
    float* row = c.values.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(c.columns);
    const BeatGrid& grid = parts[part_at(parts, t)].grid;
    if (grid.known()) write_beat_columns(row, grid, t);
    row[ConditionLayout::kEnergy] = energy[static_cast<std::size_t>(i)];
    if (t < c.alive_by) {
      const auto alive = static_cast<float>(smoothstep((t - c.alive_from) / (c.alive_by - c.alive_from)));
      row[ConditionLayout::kEnergy] *= kFirstShare + (1.f - kFirstShare) * alive;
    }
    row[ConditionLayout::kAccent] = accent[static_cast<std::size_t>(i)];
    write_style_weights(row + ConditionLayout::kStyles, parts, t);
  }
  c.phrases = codes_by_frame(slots, c.frames);
  c.noise_frames = noise_frames(slots, c.frames);
  return c;
}

}  // namespace terpsi::generate
