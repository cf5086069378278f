#include "synth/synth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/limits.h"
#include "base/random.h"
#include "synth/drums.h"

namespace terpsi::synth {
namespace {

// ---- instruments ----

constexpr std::size_t kTable = 2048;
using Table = std::array<float, kTable + 1>;

// One period of a sum of sines with the given amplitudes.
Table make_table(std::initializer_list<double> harmonics) {
  Table table;
  for (std::size_t i = 0; i <= kTable; ++i) {
    double sum = 0;
    int h = 1;
    for (double a : harmonics)
      sum += a * std::sin(2 * std::numbers::pi * h++ * static_cast<double>(i) / kTable);
    table[i] = static_cast<float>(sum);
  }
  return table;
}

float read(const Table& table, double turns) {
  const double at = (turns - std::floor(turns)) * kTable;
  const auto i = static_cast<std::size_t>(at);
  return table[i] + static_cast<float>(at - static_cast<double>(i)) * (table[i + 1] - table[i]);
}

struct Tone {
  const Table* bright;  // fades into `dark` over the note
  const Table* dark;
  double attack;   // seconds
  double decay;    // seconds to 1/e; 0 = sustained
  double release;  // seconds
  double detune;   // ratio between two voices, 1 = a single voice
  double vibrato;  // depth as a ratio
};

double pitch_hz(int midi) {
  return 440.0 * std::exp2((midi - 69) / 12.0);
}

void play(Bus& bus, const Tone& tone, double start, double length, int midi, double gain) {
  const std::size_t first = bus.index(start);
  const double hz = pitch_hz(midi), step = 1.0 / bus.rate, end = length + tone.release;
  const auto count = static_cast<std::size_t>(end * bus.rate);
  double turns = 0;
  const bool pair = tone.detune != 1.0;
  const double shrink = tone.decay > 0 ? std::exp(-step / tone.decay) : 1.0;
  double body = 1;
  for (std::size_t n = 0; n < count && first + n < bus.samples.size(); ++n) {
    const double t = static_cast<double>(n) * step;
    double envelope = std::min(1.0, t / tone.attack) * body;
    if (t > length) envelope *= 1 - (t - length) / tone.release;
    const auto fade = static_cast<float>(1 - std::min(1.0, t / std::max(length, 0.05)));
    float value = fade * read(*tone.bright, turns) + (1 - fade) * read(*tone.dark, turns);
    if (pair) value = 0.6f * (value + read(*tone.dark, turns * tone.detune + 0.25));
    bus.samples[first + n] += static_cast<float>(gain * envelope) * value;
    double bend = 1;
    if (tone.vibrato > 0 && t > 0.15) {
      const double wave = t * 5.2 - std::floor(t * 5.2);
      bend += tone.vibrato * (wave < 0.5 ? 4 * wave - 1 : 3 - 4 * wave);  // triangle
    }
    turns += hz * bend * step;
    body *= shrink;
  }
}

constexpr Hit kClave{2, 0.012, 0.1, 1850, 0.5};
constexpr Hit kConga{1, 0.06, 0.05, 215, 0.6};

// White noise of rising level and cutoff from `start` to `end`, seconds.
void riser(Bus& bus, double start, double end, double gain, std::uint64_t seed) {
  SplitMix64 random(seed);
  const std::size_t first = bus.index(start), last = std::min(bus.index(end), bus.samples.size());
  float low = 0;
  for (std::size_t n = first; n < last; ++n) {
    const double grown = static_cast<double>(n - first) / static_cast<double>(last - first);
    low += static_cast<float>(0.02 + 0.8 * grown * grown) * (random.noise() - low);
    bus.samples[n] += static_cast<float>(gain * (0.1 + 0.9 * grown * grown)) * low;
  }
}

// ---- composition ----

constexpr std::array<int, 7> kMinor = {0, 2, 3, 5, 7, 8, 10};
// Roots as degrees of the natural minor scale, one chord a bar.
constexpr std::array<std::array<int, 4>, 3> kVerses = {{{0, 5, 2, 6}, {0, 3, 5, 6}, {0, 2, 5, 4}}};
constexpr std::array<std::array<int, 4>, 3> kChoruses = {{{5, 6, 0, 2}, {2, 6, 0, 5}, {5, 2, 6, 0}}};
constexpr std::array<std::array<int, 4>, 3> kBridges = {{{3, 3, 0, 4}, {3, 6, 2, 4}, {1, 4, 2, 3}}};

using Roots = std::array<int, 4>;
using Melody = std::array<int, 32>;  // scale degrees in quavers over four bars, -100 = rest

struct Composer {
  const SongSpec& spec;
  const SongScore& score;
  std::vector<double> edges;        // beat times and the end of the last beat
  int tonic;                        // MIDI pitch near 57, of a natural minor scale
  std::array<std::size_t, 2> rows;  // of kVerses and kChoruses
  Melody melody{};                  // over the chorus
  Bus drums, bass, chords, lead;

  int scale(int degree) const {
    const int octave = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
    return tonic + 12 * octave + kMinor[static_cast<std::size_t>(degree - 7 * octave)];
  }
  // Time of a position within a beat, 0 to 1, with swing.
  double time(std::size_t beat, double place) const {
    const double swung =
        place < 0.5 ? place * (1 + spec.swing) : 0.5 * (1 + spec.swing) + (place - 0.5) * (1 - spec.swing);
    const double a = edges[std::min(beat, edges.size() - 2)], b = edges[std::min(beat + 1, edges.size() - 1)];
    return a + swung * (b - a);
  }
  double length(std::size_t beat) const { return edges[beat + 1] - edges[beat]; }
};

struct Place {
  Part part;
  int bar;     // within the part
  int bars;    // of the part
  int in_bar;  // beat, from 0
  std::size_t beat;
  const Roots& roots;
  const Melody& melody;
  double end;  // of the part, seconds
};

// Verses and choruses in 4/4 of the grooves other than pop.
void groove_beat(Composer& c, const Place& m, std::uint64_t seed) {
  const auto at = [&](int quarter) { return c.time(m.beat, 0.25 * quarter); };
  const bool chorus = m.part == Part::chorus, back = m.in_bar % 2 == 1;
  if (c.spec.groove == Groove::house) {
    kick(c.drums, at(0), 1.0);
    if (back) hit(c.drums, kClap, at(0), chorus ? 0.7 : 0.45, seed + 4);
    hit(c.drums, kOpenHat, at(2), 0.8, seed + 6);
    for (int i = 0; i < 4; ++i) hit(c.drums, kHat, at(i), 0.3, seed + 10 + static_cast<std::uint64_t>(i));
  } else if (c.spec.groove == Groove::latin) {
    constexpr std::array<bool, 16> kSon = {true,  false, false, true,  false, false, true,  false,
                                           false, false, true,  false, true,  false, false, false};
    for (int i = 0; i < 2; ++i) {
      const int quaver = m.in_bar * 2 + i;
      const auto salt = static_cast<std::uint64_t>(i);
      if (kSon[static_cast<std::size_t>(8 * (m.bar % 2) + quaver)])
        hit(c.drums, kClave, at(2 * i), 1.0, seed + salt);
      if (quaver == 6 || quaver == 7 || quaver == 2) hit(c.drums, kConga, at(2 * i), 0.8, seed + 4 + salt);
      hit(c.drums, kHat, at(2 * i), i == 0 ? 0.5 : 0.3, seed + 8 + salt);
    }
    if (m.in_bar == 0) kick(c.drums, at(0), 0.45);
  } else {
    const bool second = m.bar % 2 == 1;
    if (m.in_bar == 0) kick(c.drums, at(0), 1.0);
    if (m.in_bar == 0 && !second) kick(c.drums, at(2), 0.8);
    if (m.in_bar == 2) kick(c.drums, at(2), 1.0);
    if (back) hit(c.drums, kSnare, at(0), 0.9, seed + 3);
    if (m.in_bar == 1) hit(c.drums, kSnare, at(3), 0.45, seed + 4);
    if (m.in_bar == 2) hit(c.drums, kSnare, at(1), 0.45, seed + 5);
    if (m.in_bar == 3 && second) hit(c.drums, kSnare, at(2), 0.6, seed + 6);
    for (int i = 0; i < 4; i += 2) hit(c.drums, kHat, at(i), 0.7, seed + 8 + static_cast<std::uint64_t>(i));
    if (chorus) hit(c.drums, kOpenHat, at(2), 0.4, seed + 12);
  }
}

// A build-up over the whole part: kicks, a snare roll from crotchets to semiquavers, and a riser.
void build_beat(Composer& c, const Place& m, std::uint64_t seed) {
  const int meter = c.spec.beats_per_bar;
  const double grown = static_cast<double>(m.bar * meter + m.in_bar) / static_cast<double>(m.bars * meter);
  const int hits = grown < 0.5 ? 1 : grown < 0.75 ? 2 : 4;
  for (int i = 0; i < hits; ++i) {
    hit(c.drums, kSnare, c.time(m.beat, static_cast<double>(i) / hits), 0.15 + 0.5 * grown,
        seed + static_cast<std::uint64_t>(i));
  }
  if (grown < 0.75) kick(c.drums, c.time(m.beat, 0), 0.5);
  if (m.bar == 0 && m.in_bar == 0) riser(c.drums, c.time(m.beat, 0), m.end, 0.5, seed + 15);
}

void drum_beat(Composer& c, const Place& m) {
  const bool four = c.spec.beats_per_bar == 4, last_bar = m.bar == m.bars - 1;
  const std::uint64_t seed = c.spec.seed * 977 + m.beat * 16;
  const double now = c.time(m.beat, 0), half = c.time(m.beat, 0.5);
  if (m.part == Part::breakdown) {
    if (last_bar) {  // snare roll
      for (int i = 0; i < 4; ++i)
        hit(c.drums, kSnare, c.time(m.beat, i * 0.25), 0.25 + 0.08 * m.in_bar + 0.02 * i,
            seed + static_cast<std::uint64_t>(i));
    }
    return;
  }
  if (m.part == Part::build) return build_beat(c, m, seed);
  const bool chorus = m.part == Part::chorus;
  if (m.bar == 0 && m.in_bar == 0 && m.part != Part::intro) hit(c.drums, kCrash, now, 0.9, seed + 9);
  if (m.part == Part::intro || m.part == Part::outro) {
    if (m.in_bar == 0 || (four && m.in_bar == 2)) kick(c.drums, now, 0.8);
    hit(c.drums, kHat, now, 0.7, seed + 1);
    hit(c.drums, kHat, half, 0.45, seed + 2);
    return;
  }
  if (m.part == Part::bridge) {  // half-time
    if (m.in_bar == 0) kick(c.drums, now, 1.0);
    if (m.in_bar == 2) hit(c.drums, kSnare, now, 0.7, seed + 3);
    hit(c.drums, kHat, now, 0.5, seed + 5);
    return;
  }
  if (four && c.spec.groove != Groove::pop) return groove_beat(c, m, seed);
  if (four) {
    if (chorus || m.in_bar % 2 == 0) kick(c.drums, now, 1.0);
    if (!chorus && m.in_bar == 2) kick(c.drums, half, 0.6);
    if (m.in_bar % 2 == 1) {
      hit(c.drums, kSnare, now, 0.85, seed + 3);
      if (chorus) hit(c.drums, kClap, now, 0.6, seed + 4);
    }
  } else {
    if (m.in_bar == 0) kick(c.drums, now, 1.0);
    if (m.in_bar != 0) hit(c.drums, chorus ? kSnare : kClap, now, 0.55, seed + 3);
  }
  hit(c.drums, kHat, now, 0.6, seed + 5);
  hit(c.drums, chorus ? kOpenHat : kHat, half, chorus ? 0.8 : 0.6, seed + 6);
  if (last_bar && m.in_bar == c.spec.beats_per_bar - 1) {  // a fill
    hit(c.drums, kTom, half, 0.8, seed + 7);
    hit(c.drums, kTom, c.time(m.beat, 0.75), 0.9, seed + 8);
  }
}

void pitched_beat(Composer& c, const Place& m) {
  static const Table round = make_table({1.0, 0.22, 0.06}),
                     reed = make_table({1.0, 0.55, 0.4, 0.28, 0.2, 0.13, 0.08});
  static const Table soft = make_table({1.0, 0.3, 0.15, 0.06}),
                     bell = make_table({1.0, 0.1, 0.35, 0.05, 0.12});
  constexpr double kPadDetune = 1.004;
  const Tone bass{&reed, &round, 0.004, 0.45, 0.04, 1.0, 0};
  const Tone pad{&soft, &soft, 0.03, 0, 0.18, kPadDetune, 0};
  const Tone stab{&reed, &soft, 0.004, 0.16, 0.05, kPadDetune, 0};
  const Tone pluck{&bell, &soft, 0.003, 0.2, 0.08, 1.0, 0};
  const Tone sing{&reed, &soft, 0.012, 1.2, 0.09, 1.003, 0.004};

  const bool chorus = m.part == Part::chorus;
  const bool bridge = m.part == Part::bridge, build = m.part == Part::build;
  const int root = m.roots[static_cast<std::size_t>(m.bar % 4)];
  const double now = c.time(m.beat, 0), half = c.time(m.beat, 0.5), beat = c.length(m.beat);
  const int meter = c.spec.beats_per_bar;

  if (bridge) {
    if (m.in_bar == 0) play(c.bass, bass, now, beat * meter * 0.9, c.scale(root - 14), 0.5);
  } else if (m.part != Part::intro && m.part != Part::breakdown && !build) {
    const int low = c.scale(root - 14);
    if (c.spec.groove == Groove::latin && meter == 4) {  // tumbao: the second half of 2, and 4
      if (m.in_bar == 1) play(c.bass, bass, half, 1.4 * beat, low + 7, 0.5);
      if (m.in_bar == 3) play(c.bass, bass, now, 0.9 * beat, low, 0.55);
    } else if (c.spec.offbeat_bass) {
      play(c.bass, bass, half, 0.4 * beat, low, 0.5);
    } else {
      play(c.bass, bass, now, 0.45 * beat, low, m.in_bar == 0 ? 0.55 : 0.42);
      if (chorus) play(c.bass, bass, half, 0.3 * beat, low + 12, 0.26);
    }
  } else if (m.part == Part::breakdown && m.in_bar == 0) {
    play(c.bass, bass, now, beat * meter * 0.9, c.scale(root - 14), 0.4);
  }

  const std::array<int, 4> voicing = {root, root + 2, root + 4, root + 7};
  for (std::size_t v = 0; v < voicing.size(); ++v) {
    // Voices above the ninth degree drop an octave, so that chords stay close together.
    const int degree = voicing[v] > 8 ? voicing[v] - 7 : voicing[v];
    const int note = c.scale(degree);
    if (m.in_bar == 0) {
      const double gain = m.part == Part::breakdown ? 0.13
                          : bridge                  ? 0.11
                          : chorus                  ? 0.085
                          : m.part == Part::verse   ? 0.045
                                                    : 0.08;
      play(c.chords, pad, now, beat * meter - 0.05, note, gain);
    }
    if (m.part == Part::verse && m.in_bar % 2 == 1) play(c.chords, stab, half, 0.3 * beat, note, 0.075);
    if (chorus) play(c.chords, stab, half, 0.25 * beat, note, 0.07);
  }

  if (bridge) {
    const int degree = m.melody[static_cast<std::size_t>(((m.bar % 4) * 8 + m.in_bar * 2) % 32)];
    if (degree != -100) play(c.lead, pluck, now, 0.9 * beat, c.scale(degree + 7), 0.24);
  }
  if (m.part == Part::breakdown || m.part == Part::intro) {  // broken chords
    for (int i = 0; i < 2; ++i) {
      const int order = (m.in_bar * 2 + i) % 4;
      play(c.lead, pluck, i == 0 ? now : half, 0.4 * beat,
           c.scale(voicing[static_cast<std::size_t>(order)] + 7), 0.2);
    }
  }
  if (chorus || m.part == Part::verse) {
    for (int i = 0; i < 2; ++i) {
      const int at = ((m.bar % 4) * 8 + m.in_bar * 2 + i) % 32;
      const int degree = m.melody[static_cast<std::size_t>(at)];
      if (degree == -100) continue;
      const double start = i == 0 ? now : half;
      if (chorus) {
        const bool held = m.melody[static_cast<std::size_t>((at + 1) % 32)] == -100;
        play(c.lead, sing, start, (held ? 0.9 : 0.42) * beat, c.scale(degree + 7), 0.2);
      } else if (m.bar % 2 == 1 && m.in_bar >= meter - 2) {  // a fill at the end of every second bar
        play(c.lead, pluck, start, 0.4 * beat, c.scale(degree + 7), 0.22);
      }
    }
  }
}

// Chord notes on strong quavers, with steps and rests between; bars 1 and 3 share their rhythm.
Melody make_melody(const Roots& roots, SplitMix64& random) {
  Melody melody{};
  std::array<bool, 16> sounds{};
  for (std::size_t q = 0; q < 16; ++q) sounds[q] = q % 8 == 0 || random.below(10) < (q % 2 == 0 ? 7 : 5);
  int degree = 4;
  for (std::size_t q = 0; q < 32; ++q) {
    const int root = roots[q / 8];
    if (!sounds[q % 16] || q % 16 == 15) {
      melody[q] = -100;
      continue;
    }
    if (q % 4 == 0) {  // nearest chord note
      int best = root;
      for (int octave = -7; octave <= 7; octave += 7) {
        for (int third : {0, 2, 4}) {
          const int note = root + third + octave;
          if (std::abs(note - degree) < std::abs(best - degree)) best = note;
        }
      }
      degree = best;
    } else {
      degree += random.below(3) - 1 + (random.below(5) == 0 ? 2 : 0);
    }
    if (degree > 8) degree -= 3;
    if (degree < 0) degree += 3;
    melody[q] = degree;
  }
  return melody;
}

void compose(Composer& c, SplitMix64& random) {
  c.tonic = 57 + random.below(6) - 3;
  for (std::size_t& row : c.rows) row = static_cast<std::size_t>(random.below(3));
  c.melody = make_melody(kChoruses[c.rows[1]], random);
}

const Roots& roots_of(const Composer& c, const PartSpec& part) {
  const auto row = [&](std::size_t own) { return (own + static_cast<std::size_t>(part.harmony)) % 3; };
  switch (part.part) {
    case Part::chorus:
    case Part::breakdown:
    case Part::build:
      return kChoruses[row(c.rows[1])];
    case Part::bridge:
      return kBridges[row(c.rows[0])];
    default:
      return kVerses[row(c.rows[0])];
  }
}

Melody melody_of(const Composer& c, const PartSpec& part) {
  if (part.harmony == 0 && part.melody == 0 && part.part != Part::bridge) return c.melody;
  SplitMix64 random(c.spec.seed * 31 + static_cast<std::uint64_t>(part.harmony + 8 * part.melody) + 1);
  return make_melody(roots_of(c, part), random);
}

// Adds the moments of part k, which lasts from `start` to `end` seconds.
void note_moments(SongScore& score, const std::vector<PartSpec>& form, std::size_t k, double start,
                  double end) {
  const Part part = form[k].part;
  if (part == Part::build) score.moments.push_back({audio::Moment::Kind::build_up, start, end, 1});
  if (part == Part::breakdown) score.moments.push_back({audio::Moment::Kind::breakdown, start, end, 1});
  const bool held = k > 0 && (form[k - 1].part == Part::build || form[k - 1].part == Part::breakdown);
  if (held && (part == Part::verse || part == Part::chorus))
    score.moments.push_back({audio::Moment::Kind::drop, start, start, 1});
}

// Feedback echo every `delay` seconds.
void echo(Bus& bus, double delay, float gain) {
  const std::size_t d = bus.index(delay);
  if (d == 0) return;
  for (std::size_t n = d; n < bus.samples.size(); ++n) bus.samples[n] += gain * bus.samples[n - d];
}

// Sidechain compression: ducks the bus for a quaver at every beat.
void duck(Bus& bus, const std::vector<double>& edges, double depth) {
  for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
    const std::size_t first = bus.index(edges[k]);
    const double span = 0.5 * (edges[k + 1] - edges[k]) * bus.rate;
    const auto count = static_cast<std::size_t>(span);
    for (std::size_t n = 0; n < count && first + n < bus.samples.size(); ++n) {
      const double rise = static_cast<double>(n) / span;
      bus.samples[first + n] *= static_cast<float>(
          1 - depth * (1 - rise) * std::min(1.0, static_cast<double>(n) / (0.005 * bus.rate)));
    }
  }
}

Status check(const SongSpec& spec) {
  const auto within = [](double v, double low, double high) { return v >= low && v <= high; };
  const auto wrong = [](const char* what) { return Error{ErrorCode::invalid_argument, what}; };
  if (!within(spec.bpm, 30, 300) || (spec.bpm_end != 0 && !within(spec.bpm_end, 30, 300))) {
    return wrong("The tempo must lie between 30 and 300 beats per minute.");
  }
  if (spec.beats_per_bar != 3 && spec.beats_per_bar != 4) return wrong("A bar has three or four beats.");
  if (!within(spec.swing, 0, 0.34)) return wrong("Swing must lie between 0 and 0.34.");
  if (!within(spec.lead_in, 0, 10)) return wrong("The lead-in must last 0 to 10 seconds.");
  if (!within(spec.sample_rate, limits::kMinSampleRate, limits::kMaxSampleRate)) {
    return wrong("The sample rate must lie between 8 and 192 kHz.");
  }
  double bars = 0;
  for (const PartSpec& part : spec.form) {
    if (part.bars < 1) return wrong("Every part of the form needs at least one bar.");
    if (!within(part.harmony, 0, 2)) return wrong("A part's harmony is 0, 1 or 2.");
    if (!within(part.melody, 0, 7)) return wrong("A part's melody is 0 to 7.");
    bars += part.bars;
  }
  if (bars < 1) return wrong("The form of the song is empty; give it at least one part.");
  const double slowest = spec.bpm_end != 0 ? std::min(spec.bpm, spec.bpm_end) : spec.bpm;
  if (bars * spec.beats_per_bar * 60.0 / slowest + spec.lead_in + 2 > limits::kMaxAudioSeconds) {
    return Error{ErrorCode::too_large, "The song would be longer than 15 minutes; give it fewer bars."};
  }
  return ok_status();
}

}  // namespace

Result<Song> synthesize_song(const SongSpec& spec) {
  if (Status status = check(spec); !status) return status.error();
  Song song;
  SongScore& score = song.score;
  int bars = 0;
  for (const PartSpec& part : spec.form) bars += part.bars;
  const int beats = bars * spec.beats_per_bar;
  std::vector<double> edges = {spec.lead_in};
  for (int k = 0; k < beats; ++k) {
    const double end = spec.bpm_end != 0 ? spec.bpm_end : spec.bpm;
    const double bpm = spec.bpm + (end - spec.bpm) * k / std::max(1, beats - 1);
    score.beats.push_back(edges.back());
    score.beat_in_bar.push_back(k % spec.beats_per_bar + 1);
    edges.push_back(edges.back() + 60.0 / bpm);
  }
  score.duration = edges.back() + 1.0;  // release of the last notes

  const auto size = static_cast<std::size_t>(score.duration * spec.sample_rate);
  const Bus silence{static_cast<double>(spec.sample_rate), std::vector<float>(size, 0.0f)};
  Composer composer{spec, score, edges, 57, {}, {}, silence, silence, silence, silence};
  SplitMix64 random(spec.seed);
  compose(composer, random);

  std::size_t beat = 0;
  for (std::size_t k = 0; k < spec.form.size(); ++k) {
    const PartSpec& part = spec.form[k];
    const double start = score.sections.empty() ? 0.0 : edges[beat];
    const double end = edges[beat + static_cast<std::size_t>(part.bars * spec.beats_per_bar)];
    const Roots& roots = roots_of(composer, part);
    const Melody melody = melody_of(composer, part);
    note_moments(score, spec.form, k, edges[beat], end);
    for (int bar = 0; bar < part.bars; ++bar) {
      for (int b = 0; b < spec.beats_per_bar; ++b, ++beat) {
        const Place place{part.part, bar, part.bars, b, beat, roots, melody, end};
        if (spec.drums) drum_beat(composer, place);
        pitched_beat(composer, place);
      }
    }
    const int label = static_cast<int>(part.part) + 8 * part.harmony + 64 * part.melody;
    score.sections.push_back({start, edges[beat], label});
  }
  score.sections.back().end = score.duration;

  echo(composer.lead, 0.75 * 60.0 / spec.bpm, 0.28f);
  if (spec.drums) duck(composer.chords, edges, 0.45);
  std::vector<float>& mix = song.pcm.samples;
  mix.resize(size);
  for (std::size_t n = 0; n < size; ++n) {
    mix[n] = 0.8f * composer.drums.samples[n] + composer.bass.samples[n] + composer.chords.samples[n] +
             composer.lead.samples[n];
  }
  saturate(mix);
  song.pcm.sample_rate = spec.sample_rate;
  return song;
}

}  // namespace terpsi::synth
