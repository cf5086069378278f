#include "score/render.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <memory>
#include <numbers>
#include <vector>

#include "base/limits.h"
#include "score/patch.h"
#include "synth/drums.h"

namespace terpsi::score {
namespace {

constexpr double kRate = audio::kAnalysisRate;
constexpr double kHighest = 0.45 * kRate;   // Hz, highest harmonic
constexpr double kQuietest = 1e-3;          // level at which a decaying note ends
constexpr double kShortest = 0.04;          // seconds, shortest note
constexpr double kStolen = 0.012;           // seconds, release of a stolen voice
constexpr std::size_t kEnvelopeBlock = 64;  // samples between two values of the envelope
constexpr double kVibratoHz = 5.2, kVibratoFrom = 0.2;

// ---- tones ----

constexpr std::size_t kTableBits = 11, kTableSize = std::size_t{1} << kTableBits;
constexpr int kFractionBits = 32 - static_cast<int>(kTableBits);
using Table = std::array<float, kTableSize + 1>;
constexpr int kMostHarmonics = 40, kBands = 11;  // a table per octave

// Equal temperament, A4 = 440 Hz, from a table so that octaves are exact everywhere.
double pitch_hz(int pitch) {
  constexpr std::array<double, 12> kSteps = {
      261.6255653005986, 277.1826309768721, 293.6647679174076, 311.1269837220809, 329.6275569128699,
      349.2282314330039, 369.9944227116344, 391.9954359817493, 415.3046975799451, 440.0,
      466.1637615180899, 493.8833012561241};
  return std::ldexp(kSteps[static_cast<std::size_t>(pitch % 12)], pitch / 12 - 5);
}

double strength(Wave wave, int h) {
  const double n = h;
  switch (wave) {
    case Wave::saw:
      return 1 / n;
    case Wave::square:
      return h % 2 == 1 ? 1 / n : 0.04 / n;
    case Wave::soft:
      return 1 / (n * n);
    case Wave::organ:
      return h == 1 ? 1.0 : h == 2 ? 0.8 : h == 3 ? 0.55 : h == 4 ? 0.4 : h == 6 ? 0.22 : h == 8 ? 0.2 : 0.0;
    case Wave::reed:
      return (1 + 1.2 / (1 + (n - 3) * (n - 3)) + 0.8 / (1 + (n - 5.5) * (n - 5.5))) / (1.6 * n);
    case Wave::bell:
      return h == 1 ? 1.0 : h == 3 ? 0.35 : h == 4 ? 0.2 : h == 7 ? 0.16 : h == 10 ? 0.08 : 0.0;
  }
  return 0;
}

// One period, root mean square 0.25, band-limited for the octave `band`.
Table make_table(Wave wave, double tilt, int band) {
  std::array<double, kTableSize> sine, sum{};
  for (std::size_t i = 0; i < kTableSize; ++i)
    sine[i] = std::sin(2 * std::numbers::pi * static_cast<double>(i) / kTableSize);
  const double top = pitch_hz(std::min(127, band * 12 + 11));
  double square = 0;
  for (int h = 1; h <= kMostHarmonics && (h == 1 || h * top < kHighest); ++h) {
    const double a = strength(wave, h) * std::exp(-tilt * std::log(static_cast<double>(h)));
    if (a == 0) continue;
    square += 0.5 * a * a;
    for (std::size_t i = 0; i < kTableSize; ++i)
      sum[i] += a * sine[i * static_cast<std::size_t>(h) % kTableSize];
  }
  const double scale = 0.25 / std::sqrt(square);
  Table table;
  for (std::size_t i = 0; i <= kTableSize; ++i) table[i] = static_cast<float>(scale * sum[i % kTableSize]);
  return table;
}

// Wavetables, made on first use.
class Tables {
 public:
  Tables() : tables_(patches().size() * kBands * 2) {}

  const Table& get(std::size_t patch, int pitch, bool bright) {
    const int band = pitch / 12;
    auto& table = tables_[(patch * kBands + static_cast<std::size_t>(band)) * 2 + (bright ? 1 : 0)];
    if (!table) {
      const Patch& p = patches()[patch];
      table = std::make_unique<Table>(make_table(p.wave, bright ? p.bright : p.dark, band));
    }
    return *table;
  }

 private:
  std::vector<std::unique_ptr<Table>> tables_;
};

float read(const Table& table, std::uint32_t phase) {
  constexpr float kScale = 1.0f / static_cast<float>(1u << kFractionBits);
  const std::size_t i = phase >> kFractionBits;
  const float fraction = static_cast<float>(phase & ((1u << kFractionBits) - 1)) * kScale;
  return table[i] + fraction * (table[i + 1] - table[i]);
}

std::uint32_t step_of(double hz) {
  return static_cast<std::uint32_t>(std::min(hz / kRate, 0.49) * 4294967296.0);
}

double cents(double value) {
  return std::exp2(value / 1200.0);
}

// Triangle wave, -1 to 1.
double wobble(double turns) {
  const double at = turns - std::floor(turns);
  return at < 0.5 ? 4 * at - 1 : 3 - 4 * at;
}

struct Voice {
  double start, length, release;  // seconds
  int pitch;
  std::size_t patch;
  double gain;
};

double decay_of(const Patch& patch, int pitch) {
  return patch.decay * std::exp2((60 - pitch) / 24.0);
}

// Duration of a voice in seconds, release included.
double sounding(const Voice& voice) {
  const Patch& patch = patches()[voice.patch];
  const double end = voice.length + voice.release;
  if (patch.decay == 0 || patch.sustain > 0) return end;
  return std::min(end, patch.attack - decay_of(patch, voice.pitch) * std::log(kQuietest));
}

void play(std::vector<float>& bus, Tables& tables, const Voice& voice) {
  const Patch& patch = patches()[voice.patch];
  const Table& bright = tables.get(voice.patch, voice.pitch, true);
  const Table& dark = tables.get(voice.patch, voice.pitch, false);
  const double hz = pitch_hz(voice.pitch), decay = decay_of(patch, voice.pitch), end = sounding(voice);
  const double fading = std::max(decay > 0 ? 1.5 * decay : 0.4, 0.05);  // from bright to dark
  const auto envelope = [&](double t) {
    double level = std::min(1.0, t / patch.attack);
    if (decay > 0 && t > patch.attack)
      level *= patch.sustain + (1 - patch.sustain) * std::exp(-(t - patch.attack) / decay);
    if (t > voice.length) level *= std::max(0.0, 1 - (t - voice.length) / voice.release);
    return level * voice.gain;
  };
  const std::uint32_t plain = step_of(hz), detuned = step_of(hz * cents(patch.detune));
  const bool pair = patch.detune > 0;
  std::uint32_t phase = 0, other = 0x60000000u;
  const auto first = static_cast<std::size_t>(std::floor(voice.start * kRate + 0.5));
  const auto count = static_cast<std::size_t>(end * kRate);
  const auto attack = static_cast<std::size_t>(patch.attack * kRate);
  double level = envelope(0), t = 0;
  for (std::size_t n = 0; n < count && first + n < bus.size();) {
    std::size_t size = std::min({kEnvelopeBlock, count - n, bus.size() - first - n});
    if (n < attack) size = std::min(size, attack - n);
    const double next_t = static_cast<double>(n + size) / kRate, next = envelope(next_t);
    auto gain = static_cast<float>(level);
    const auto slope = static_cast<float>((next - level) / static_cast<double>(size));
    const auto light = static_cast<float>(1 - std::min(1.0, t / fading));
    std::uint32_t step = plain, step2 = detuned;
    if (patch.vibrato > 0 && t > kVibratoFrom) {
      const double bend = cents(patch.vibrato * wobble((t - kVibratoFrom) * kVibratoHz + 0.25));
      step = step_of(hz * bend);
      step2 = step_of(hz * bend * cents(patch.detune));
    }
    float* out = bus.data() + first + n;
    if (pair) {
      for (std::size_t i = 0; i < size; ++i) {
        const float d = read(dark, phase);
        out[i] += gain * 0.6f * (d + light * (read(bright, phase) - d) + read(dark, other));
        gain += slope;
        phase += step;
        other += step2;
      }
    } else if (light > 0) {
      for (std::size_t i = 0; i < size; ++i) {
        const float d = read(dark, phase);
        out[i] += gain * (d + light * (read(bright, phase) - d));
        gain += slope;
        phase += step;
      }
    } else {
      for (std::size_t i = 0; i < size; ++i) {
        out[i] += gain * read(dark, phase);
        gain += slope;
        phase += step;
      }
    }
    level = next;
    t = next_t;
    n += size;
  }
}

// Voice stealing: ends the oldest voices beyond the polyphony. `voices` ascend by start.
void make_room(std::vector<Voice>& voices) {
  struct Sounding {
    std::size_t voice;
    double end;
  };
  std::deque<Sounding> now;
  for (std::size_t i = 0; i < voices.size(); ++i) {
    const double start = voices[i].start;
    std::erase_if(now, [&](const Sounding& s) { return s.end <= start; });
    if (now.size() >= limits::kMaxVoices) {
      Voice& oldest = voices[now.front().voice];
      now.pop_front();
      oldest.length = std::min(oldest.length, start - oldest.start);
      oldest.release = std::min(oldest.release, kStolen);
    }
    now.push_back({i, start + sounding(voices[i])});
  }
}

// ---- drums ----

// Drum samples, made on first use.
class Drums {
 public:
  const std::vector<float>& get(int pitch) {
    std::vector<float>& sound = sounds_[static_cast<std::size_t>(pitch)];
    if (!sound.empty()) return sound;
    const DrumSound drum = drum_sound(pitch);
    const double seconds = drum.kick ? synth::kKickSeconds : synth::kHitDecays * drum.hit.decay;
    synth::Bus bus{kRate, std::vector<float>(static_cast<std::size_t>(seconds * kRate) + 1, 0.0f)};
    if (drum.kick) {
      synth::kick(bus, 0, drum.gain);
    } else {
      synth::hit(bus, drum.hit, 0, drum.gain, static_cast<std::uint64_t>(pitch) + 1);
    }
    sound = std::move(bus.samples);
    return sound;
  }

 private:
  std::array<std::vector<float>, 128> sounds_;
};

double loudness_of(const Note& note) {
  const double velocity = note.velocity / 127.0, volume = std::max(note.volume, 8) / 127.0;
  return velocity * std::sqrt(velocity) * volume;
}

// Levels the mix to a root mean square of 0.3, then synth::saturate.
void master(std::vector<float>& mix) {
  double square = 0;
  for (const float v : mix) square += static_cast<double>(v) * static_cast<double>(v);
  const double rms = std::sqrt(square / static_cast<double>(std::max<std::size_t>(1, mix.size())));
  const auto gain = static_cast<float>(0.3 / std::max(rms, 1e-9));
  for (float& v : mix) v = gain * v;
  synth::saturate(mix);
}

}  // namespace

audio::Pcm render(const Score& score) {
  audio::Pcm pcm;
  const double seconds = std::min(score.duration + kRenderTail, limits::kMaxAudioSeconds);
  std::vector<float>& mix = pcm.samples;
  mix.assign(static_cast<std::size_t>(seconds * kRate), 0.0f);
  std::vector<Voice> voices;
  Drums drums;
  for (const Note& note : score.notes) {
    const double gain = loudness_of(note);
    if (!note.drum) {
      const std::size_t patch = patch_of(note.program);
      voices.push_back({note.start, std::max(note.end - note.start, kShortest), patches()[patch].release,
                        note.pitch, patch, gain * patches()[patch].gain});
      continue;
    }
    const auto first = static_cast<std::size_t>(std::floor(note.start * kRate + 0.5));
    const std::vector<float>& sound = drums.get(note.pitch);
    const std::size_t count = first < mix.size() ? std::min(sound.size(), mix.size() - first) : 0;
    const auto level = static_cast<float>(gain);
    for (std::size_t n = 0; n < count; ++n) mix[first + n] += level * sound[n];
  }
  make_room(voices);
  Tables tables;
  for (const Voice& voice : voices) play(mix, tables, voice);
  master(mix);
  return pcm;
}

}  // namespace terpsi::score
