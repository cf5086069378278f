#include "score/midi_file.h"

#include <doctest/doctest.h>

#include <string>

#include "base/limits.h"
#include "core/score/midi_writer.h"

using namespace terpsi;
using namespace terpsi::score;
using namespace terpsi::score::testing;

namespace {

void refused(const Bytes& bytes, ErrorCode code, const std::string& says) {
  const auto score = read_midi(bytes);
  REQUIRE(!score.ok());
  CHECK(score.error().code == code);
  CHECK_MESSAGE(score.error().message.find(says) != std::string::npos, score.error().message);
  CHECK(score.error().message.size() > 30);
}

Track one_note() {
  return Track().on(0, 0, 60).off(480, 0, 60).end();
}

}  // namespace

TEST_CASE("files that are not MIDI are refused with a message") {
  using enum ErrorCode;
  refused({}, bad_format, "not a MIDI file");
  refused(Bytes(100, 0), bad_format, "not a MIDI file");
  refused(Bytes{'M', 'T', 'h', 'd'}, bad_format, "cut short");
  refused(header(0, 1, 480), empty, "no tracks");
  refused(file(0, 480, {Track().end()}), empty, "no notes");
  refused(file(0, 480, {Track().on(0, 0, 60, 0).end()}), empty, "no notes");
  refused(file(2, 480, {one_note()}), unsupported, "format 2");
  refused(file(3, 480, {one_note()}), bad_format, "format");
  refused(file(0, 0, {one_note()}), bad_format, "no ticks");
  refused(file(0, 0xe800, {one_note()}), bad_format, "no ticks");
  refused(file(0, 0xf004, {one_note()}), bad_format, "frames");
  Bytes riff = {'R', 'I', 'F', 'F', 0, 0, 0, 0, 'R', 'M', 'I', 'D'};
  refused(riff, bad_format, "cut short");
  refused(riff + Bytes{'d', 'a', 't', 'a', 2, 0, 0, 0, 'x', 'y'}, bad_format, "wrapping");
  Bytes short_header;
  put(short_header, "MThd");
  put(short_header, 4, 4);
  put(short_header, 0x00000001, 4);
  put(short_header, 0x01e04d54, 4);
  refused(short_header, bad_format, "header");
}

TEST_CASE("broken tracks are refused") {
  using enum ErrorCode;
  const auto track = [](const Bytes& body) { return header(0, 1, 480) + chunk("MTrk", body); };
  refused(track({0, 60, 100}), bad_format, "value where an event should begin");
  refused(track({0, 0x90, 60}), bad_format, "cut short");
  refused(track({0, 0x90, 60, 200}), bad_format, "over 127");
  refused(track({0, 0x90, 0x80, 1}), bad_format, "over 127");
  refused(track({0x81, 0x82, 0x83, 0x84, 0x05, 0x90, 60, 100}), bad_format, "four bytes");
  refused(track({0x81}), bad_format, "cut short");
  refused(track({0, 0xf4, 0}), bad_format, "does not belong");
  refused(track({0, 0xff, 0x51, 3, 7}), bad_format, "cut short");
  refused(track({0, 0xff, 0x01, 0x8f, 0xff, 0xff, 0x7f}), bad_format, "cut short");
  refused(track({0, 0xf0, 20, 1, 2}), bad_format, "cut short");
  Bytes cut = file(0, 480, {one_note()});
  for (std::size_t missing = 1; missing < cut.size(); ++missing) {  // wherever it is cut, its end is missed
    const auto score = read_midi(std::span(cut).first(cut.size() - missing));
    CHECK(!score.ok());
  }
}

TEST_CASE("songs beyond the bounds are refused") {
  using enum ErrorCode;
  refused(file(0, 1, {Track().on(0, 0, 60).off(0x0fffffff, 0, 60).end()}), too_large, "minutes");
  Track late;
  for (int i = 0; i < 40; ++i) late.raw(0x0fffffff, {0xb0, 1, 1});
  refused(file(0, 1, {late.on(0, 0, 60).off(1, 0, 60).end()}), too_large, "minutes");
  Track many;
  for (std::size_t i = 0; i <= limits::kMaxNotes; ++i) many.on(0, 0, 60).off(0, 0, 60);
  refused(file(0, 480, {many.end()}), too_large, "notes");
  refused(Bytes{'M', 'T', 'h', 'd'} + Bytes(limits::kMaxMidiBytes, 0), too_large, "16 MB");
}

TEST_CASE("notes: times, velocity 0 is off, the same key again, programs, drums") {
  Track track;
  track.name(0, "Song")
      .program(0, 0, 33)
      .on(0, 0, 60, 90)
      .on(240, 0, 60, 0)
      .on(240, 0, 62)
      .on(480, 0, 62, 50);
  track.off(480, 0, 62).on(0, 9, 36, 127).program(0, 0, 5).off(10, 9, 36).on(470, 0, 64).off(96, 0, 64).end();
  const auto score = read_midi(file(0, 480, {track}));
  REQUIRE(score.ok());
  CHECK(score->title == "Song");
  CHECK(score->tracks == std::vector<std::string>{"Song"});
  const auto& notes = score->notes;
  REQUIRE(notes.size() == 5);
  CHECK(notes[0].start == 0.0);
  CHECK(notes[0].end == doctest::Approx(0.25));  // 120 a minute, 480 ticks a quarter
  CHECK(notes[0].velocity == 90);
  CHECK(notes[0].program == 33);
  CHECK(!notes[0].drum);
  CHECK(notes[1].start == doctest::Approx(0.5));
  CHECK(notes[1].end == doctest::Approx(1.0));  // struck again
  CHECK(notes[2].end == doctest::Approx(1.5));
  CHECK(notes[3].drum);
  CHECK(notes[3].pitch == 36);
  CHECK(notes[4].program == 5);
  CHECK(score->duration == doctest::Approx(2.1));
}

TEST_CASE("running status, also across meta events and sysex") {
  const Bytes body = {0, 0x90, 60,   100, 0x60, 60,   0, 0,  62, 90,   0,  0xff, 0x01, 1,    'x',  0x60, 62,
                      0, 0,    0xf0, 2,   1,    0xf7, 0, 64, 80, 0x60, 64, 0,    0,    0xff, 0x2f, 0};
  const auto score = read_midi(header(0, 1, 96) + chunk("MTrk", body));
  REQUIRE(score.ok());
  REQUIRE(score->notes.size() == 3);
  CHECK(score->notes[2].pitch == 64);
  CHECK(score->notes[2].start == doctest::Approx(1.0));
  CHECK(score->notes[2].end == doctest::Approx(1.5));
}

TEST_CASE("format 1: the tempo map of one track times the notes of the others") {
  Track map, a, b;
  map.name(0, "The title").tempo(0, 500000).tempo(960, 1000000).tempo(480, 250000).end();
  a.name(0, "Bass").on(0, 1, 40).off(480, 1, 40).on(480, 1, 41).off(960, 1, 41).end();
  b.on(1440, 2, 70).off(480, 2, 70).end();
  const auto score = read_midi(file(1, 480, {map, a, b}));
  REQUIRE(score.ok());
  CHECK(score->title == "The title");
  CHECK(score->tracks == std::vector<std::string>{"The title", "Bass"});
  REQUIRE(score->notes.size() == 3);
  CHECK(score->notes[1].start == doctest::Approx(1.0));
  CHECK(score->notes[1].end == doctest::Approx(1.0 + 1.0 + 0.25));
  CHECK(score->notes[2].start == doctest::Approx(2.0));
  CHECK(score->notes[2].end == doctest::Approx(2.25));
  REQUIRE(score->tempi.size() == 3);
  CHECK(score->tempi[1].bpm == doctest::Approx(60));
  CHECK(score->tempi[2].time == doctest::Approx(2.0));
}

TEST_CASE("SMPTE: ticks are times; a tempo says where the beats are, without one there is no metre") {
  for (const auto& [frames, rate] : {std::pair(24, 24.0), {25, 25.0}, {29, 30000.0 / 1001}, {30, 30.0}}) {
    const int division = (256 - frames) << 8 | 40;
    const auto plain = read_midi(file(0, division, {Track().on(1000, 0, 60).off(1000, 0, 60).end()}));
    REQUIRE(plain.ok());
    CHECK(plain->notes[0].start == doctest::Approx(1000 / (40 * rate)).epsilon(1e-12));
    CHECK(plain->duration == doctest::Approx(2000 / (40 * rate)).epsilon(1e-12));
    CHECK(!plain->has_metre);
    CHECK(plain->bars.empty());
  }
  Track track;  // 25 frames of 40 ticks: milliseconds
  track.tempo(0, 400000).on(0, 0, 60).off(2000, 0, 60).tempo(0, 500000).on(0, 0, 60).off(2000, 0, 60).end();
  const auto score = read_midi(file(0, 0xe728, {track}));
  REQUIRE(score.ok());
  CHECK(score->has_metre);
  CHECK(score->duration == doctest::Approx(4.0));  // the tempo does not move the notes
  CHECK(seconds_at(*score, 4) == doctest::Approx(1.6));
  CHECK(seconds_at(*score, 5) == doctest::Approx(2.0));
  CHECK(seconds_at(*score, 7) == doctest::Approx(3.0));
}

TEST_CASE("the pedal holds notes until it is up, or until their key is struck again") {
  Track track;
  track.control(0, 0, 64, 127).on(0, 0, 60).on(0, 0, 64).off(480, 0, 60).off(0, 0, 64).on(480, 0, 60);
  track.control(480, 0, 64, 0).off(480, 0, 60).control(0, 0, 64, 127).on(0, 0, 70).off(480, 0, 70).end();
  const auto score = read_midi(file(0, 480, {track}));
  REQUIRE(score.ok());
  const auto& notes = score->notes;
  REQUIRE(notes.size() == 4);
  CHECK(notes[0].end == doctest::Approx(1.0));  // 60, struck again
  CHECK(notes[1].end == doctest::Approx(1.5));  // 64, pedal up
  CHECK(notes[2].end == doctest::Approx(2.0));
  CHECK(notes[3].end == doctest::Approx(2.5));  // a pedal that never comes up
}

TEST_CASE("volume and expression of the moment; all notes off") {
  Track track;
  track.control(0, 3, 7, 127).control(0, 3, 11, 64).on(0, 3, 60).on(0, 3, 64).control(480, 3, 123, 0);
  track.control(0, 3, 7, 0).on(480, 3, 60).off(480, 3, 60).end();
  const auto score = read_midi(file(0, 480, {track}));
  REQUIRE(score.ok());
  REQUIRE(score->notes.size() == 3);
  CHECK(score->notes[0].volume == 64);
  CHECK(score->notes[1].end == doctest::Approx(0.5));
  CHECK(score->notes[2].volume == 0);
}

TEST_CASE("what the world writes is forgiven") {
  const Bytes good = file(0, 480, {one_note()});
  const auto fine = [](const Bytes& bytes, std::size_t notes = 1) {
    const auto score = read_midi(bytes);
    REQUIRE(score.ok());
    CHECK(score->notes.size() == notes);
    CHECK(score->duration == doctest::Approx(0.5));
  };
  fine(good);
  fine(good + Bytes{'j', 'u', 'n', 'k'});
  fine(good + Bytes{'X', 'F', 'I', 'H', 0, 0, 1, 0, 1, 2});  // an unknown chunk, cut
  fine(header(0, 1, 480) + chunk("XFIH", {1, 2, 3}) + chunk("MTrk", one_note().bytes()));
  fine(header(1, 99, 480) + chunk("MTrk", one_note().bytes()));                     // number of tracks
  fine(file(0, 480, {Track().on(0, 0, 60).off(480, 0, 60)}));                       // no end of track
  fine(header(0, 1, 480) + chunk("MTrk", one_note().bytes() + Bytes{0, 0xf4, 9}));  // after the end
  Bytes endless = header(0, 1, 480);
  put(endless, "MTrk");
  put(endless, 0xffffffff, 4);
  fine(endless + one_note().bytes());
  fine(file(0, 480, {Track().on(0, 0, 60).on(0, 0, 64).off(480, 0, 60).end(0x0fffffff)}),
       2);  // 64 never ends
  fine(file(0, 480,
            {Track().tempo(0, 0).raw(0, {0xff, 0x58, 4, 0, 2, 24, 8}).on(0, 0, 60).off(480, 0, 60).end()}));
  Bytes riff = {'R', 'I', 'F', 'F', 0, 0, 0, 0, 'R', 'M', 'I', 'D',
                'L', 'I', 'S', 'T', 3, 0, 0, 0, 1,   2,   3,   0};
  put(riff, "data");
  for (int k = 0; k < 4; ++k) riff.push_back(static_cast<std::uint8_t>(good.size() >> (8 * k)));
  fine(riff + good);
}

TEST_CASE("names become plain text") {
  const auto title = [](const std::string& name) {
    const auto score = read_midi(file(0, 480, {Track().name(0, name).on(0, 0, 60).off(480, 0, 60).end()}));
    REQUIRE(score.ok());
    return score->title;
  };
  CHECK(title("  Ann\xc3\xa9"
              "e ") ==
        "Ann\xc3\xa9"
        "e");
  CHECK(title("caf\xe9") == "caf\xc3\xa9");  // Latin-1
  CHECK(title("a\x01"
              "b\nc") == "abc");
  CHECK(title(std::string(3, '\0')) == "");
}
