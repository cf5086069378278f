#include "score/render.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "score/patch.h"

using namespace terpsi;
using namespace terpsi::score;

namespace {

Note note(double start, double end, int pitch, int program = 0, bool drum = false) {
  return {start, end, pitch, 100, 100, program, drum ? 9 : 0, drum};
}

Score song_of(std::vector<Note> notes) {
  Score score;
  for (const Note& n : notes) score.duration = std::max(score.duration, n.end);
  score.notes = std::move(notes);
  return score;
}

double rms(const std::vector<float>& samples, double from, double to) {
  double sum = 0;
  const auto a = static_cast<std::size_t>(from * 22050), b = static_cast<std::size_t>(to * 22050);
  for (std::size_t i = a; i < b; ++i)
    sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return std::sqrt(sum / static_cast<double>(b - a));
}

}  // namespace

TEST_CASE("scores that should not be are rendered all the same: finite, within bounds") {
  CHECK(render({}).samples.size() == 22050);
  std::vector<Note> notes;
  for (int i = 0; i < 3000; ++i)
    notes.push_back({0.001 * i, 40.0, i % 128, 1 + i % 127, i % 128, (i * 7) % 128, i % 16, i % 16 == 9});
  notes.push_back(note(5, 5, 127, 80));
  std::sort(notes.begin(), notes.end(), [](const Note& a, const Note& b) { return a.start < b.start; });
  const audio::Pcm pcm = render(song_of(notes));
  float top = 0;
  for (const float v : pcm.samples) {
    REQUIRE(std::isfinite(v));
    top = std::max(top, std::abs(v));
  }
  CHECK(top == doctest::Approx(0.9).epsilon(1e-4));
  Score late = song_of({note(899.9, 900, 60)});
  CHECK(render(late).seconds() <= limits::kMaxAudioSeconds);
}

TEST_CASE("every program and drum sounds, from the sample of its start on, and ends") {
  for (int program = 0; program < 128; ++program) {
    REQUIRE(patch_of(program) < patches().size());
    for (const bool drum : {false, true}) {
      const audio::Pcm pcm =
          render(song_of({note(0.5, 1.0, drum ? program : 60, program, drum), note(6, 6, 60)}));
      const auto first = static_cast<std::size_t>(0.5 * 22050);
      INFO("program or drum " << program << (drum ? " drum" : ""));
      CHECK(std::all_of(pcm.samples.begin(), pcm.samples.begin() + first, [](float v) { return v == 0; }));
      CHECK(rms(pcm.samples, 0.5, 0.55) > 0.003);
      CHECK(rms(pcm.samples, 5.0, 5.9) == 0);
    }
  }
}

TEST_CASE("pitches are right: the period of a note is that of its frequency") {
  for (const int pitch : {45, 57, 69, 88}) {
    for (const int program : {0, 16, 40, 73}) {
      const audio::Pcm pcm = render(song_of({note(0, 1.5, pitch, program)}));
      const double hz = 440 * std::exp2((pitch - 69) / 12.0);
      // Fourier sums at the pitch and a semitone beside it, over 0.1 to 0.9 s.
      const auto strength = [&](double f) {
        double re = 0, im = 0;
        for (std::size_t n = 2205; n < 19845; ++n) {
          const double window = std::sin(3.14159265358979 * static_cast<double>(n - 2205) / 17640);
          re += window * static_cast<double>(pcm.samples[n]) *
                std::cos(6.283185307179586 * f * static_cast<double>(n) / 22050);
          im += window * static_cast<double>(pcm.samples[n]) *
                std::sin(6.283185307179586 * f * static_cast<double>(n) / 22050);
        }
        return std::hypot(re, im);
      };
      INFO("pitch " << pitch << ", program " << program);
      CHECK(strength(hz) > 5 * strength(hz * 1.0595));
      CHECK(strength(hz) > 5 * strength(hz / 1.0595));
    }
  }
}

TEST_CASE("louder notes are louder, and the same score gives the same samples") {
  Score score = song_of({note(0, 0.5, 60), note(1, 1.5, 60)});
  score.notes[0].velocity = 40;
  const audio::Pcm pcm = render(score);
  CHECK(rms(pcm.samples, 0, 0.4) < 0.5 * rms(pcm.samples, 1, 1.4));
  CHECK(render(score).samples == pcm.samples);
}

TEST_CASE("too many notes at once: the oldest make room, the newest sound") {
  std::vector<Note> notes;
  for (std::size_t i = 0; i < limits::kMaxVoices; ++i)
    notes.push_back(note(0.01 * static_cast<double>(i), 8, 40, 48));
  Score few = song_of(notes);
  for (int i = 0; i < 96; ++i) notes.push_back(note(2, 8, 76, 48));  // everything below has to go
  const audio::Pcm pcm = render(song_of(notes));
  const auto strength = [&](double f) {
    double re = 0, im = 0;
    for (std::size_t n = 3 * 22050; n < 4 * 22050; ++n) {
      re += static_cast<double>(pcm.samples[n]) *
            std::cos(6.283185307179586 * f * static_cast<double>(n) / 22050);
      im += static_cast<double>(pcm.samples[n]) *
            std::sin(6.283185307179586 * f * static_cast<double>(n) / 22050);
    }
    return std::hypot(re, im);
  };
  CHECK(strength(659.255) > 100 * strength(82.407));
}
