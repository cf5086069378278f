#include "score/midi_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/text.h"

namespace terpsi::score {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Ticks = std::uint64_t;  // cannot overflow: at most kMaxMidiEvents deltas of 28 bits

constexpr int kChannels = 16, kPitches = 128, kDrumChannel = 9;

Error broken(const char* what) {
  return {ErrorCode::bad_format,
          std::string("This MIDI file is broken: ") + what + ". Export it again, or choose another one."};
}

Error cut_short() {
  return {ErrorCode::bad_format, "This MIDI file is cut short. Download or export it again."};
}

// ---- events, in ticks ----

struct RawNote {
  Ticks start, end;
  int channel, pitch, velocity;
};

struct Change {
  Ticks tick;
  int value;
};

struct RawTempo {
  Ticks tick;
  int microseconds;  // per quarter
};

struct RawSignature {
  Ticks tick;
  int numerator, denominator;
};

struct Channel {
  std::vector<Change> program, volume, expression, pedal;
};

struct Song {
  std::vector<RawNote> notes;
  std::vector<RawTempo> tempi;
  std::vector<RawSignature> signatures;
  std::array<Channel, kChannels> channels;
  std::string title;
  std::vector<std::string> tracks;
  std::size_t events = 0;
};

// Plain UTF-8 without control characters; other bytes are taken for Latin-1.
std::string plain_text(Bytes bytes) {
  std::string text(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(
                                                      std::min(bytes.size(), limits::kMaxTitleBytes)));
  if (!is_plain_utf8(text)) {
    std::string latin;
    for (const char c : text) {
      const auto code = static_cast<unsigned char>(c);
      if (code < 0x20 || (code >= 0x7f && code < 0xa0)) continue;
      if (code < 0x80) {
        latin += c;
      } else {
        latin += static_cast<char>(0xc0 | code >> 6);
        latin += static_cast<char>(0x80 | (code & 0x3f));
      }
    }
    text = latin.size() <= limits::kMaxTitleBytes ? latin : std::string();
  }
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Reads the events of one track.
class TrackReader {
 public:
  TrackReader(Bytes bytes, Song& song, bool first) : bytes_(bytes), song_(song), first_(first) {
    open_.fill(kNone);
  }

  // whole: the chunk lies within the file; otherwise it must have an end of track.
  Status read(bool whole) {
    bool ended = false;
    while (!ended && at_ < bytes_.size()) {
      std::size_t delta = 0;
      if (Status status = number(delta); !status) return status;
      now_ += delta;
      if (++song_.events > limits::kMaxMidiEvents) {
        return Error{ErrorCode::too_large,
                     "This MIDI file has more than two million events. Choose a smaller one."};
      }
      if (Status status = event(ended); !status) return status;
      if (!ended) last_ = now_;
    }
    if (!ended && !whole) return cut_short();
    // Notes without an end.
    for (const std::size_t index : open_) {
      if (index != kNone) song_.notes[index].end = std::max(song_.notes[index].start, last_);
    }
    return ok_status();
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Status byte(std::uint8_t& value) {
    if (at_ >= bytes_.size()) return cut_short();
    value = bytes_[at_++];
    return ok_status();
  }

  Status data(int& value) {
    std::uint8_t read = 0;
    if (Status status = byte(read); !status) return status;
    if (read > 127) return broken("a value is over 127");
    value = read;
    return ok_status();
  }

  // Variable-length quantity: seven bits a byte, at most four bytes.
  Status number(std::size_t& value) {
    value = 0;
    for (int i = 0; i < 4; ++i) {
      std::uint8_t read = 0;
      if (Status status = byte(read); !status) return status;
      value = value << 7 | (read & 0x7fu);
      if (read < 0x80) return ok_status();
    }
    return broken("a number has more than four bytes");
  }

  // The bytes of a meta event or sysex.
  Status block(Bytes& value) {
    std::size_t length = 0;
    if (Status status = number(length); !status) return status;
    if (length > bytes_.size() - at_) return cut_short();
    value = bytes_.subspan(at_, length);
    at_ += length;
    return ok_status();
  }

  Status event(bool& ended) {
    std::uint8_t status_byte = 0;
    if (Status status = byte(status_byte); !status) return status;
    if (status_byte == 0xff) return meta(ended);
    if (status_byte == 0xf0 || status_byte == 0xf7) {
      Bytes skipped;
      return block(skipped);
    }
    if (status_byte > 0xf0) return broken("it has an event that does not belong in a file");
    if (status_byte < 0x80) {
      if (running_ == 0) return broken("it has a value where an event should begin");
      --at_;
    } else {
      running_ = status_byte;
    }
    int a = 0, b = 0;
    if (Status status = data(a); !status) return status;
    const int kind = running_ >> 4;
    if (kind != 0xc && kind != 0xd) {
      if (Status status = data(b); !status) return status;
    }
    return channel_event(kind, running_ & 0xf, a, b);
  }

  Status channel_event(int kind, int channel, int a, int b) {
    Channel& state = song_.channels[static_cast<std::size_t>(channel)];
    switch (kind) {
      case 0x8:
        end_note(channel, a);
        break;
      case 0x9:
        end_note(channel, a);  // retriggered
        if (b > 0) {
          if (song_.notes.size() >= limits::kMaxNotes) {
            return Error{ErrorCode::too_large,
                         "This MIDI file has more than 200 000 notes. Choose a smaller one."};
          }
          key(channel, a) = song_.notes.size();
          song_.notes.push_back({now_, now_, channel, a, b});
        }
        break;
      case 0xb:
        if (a == 7) state.volume.push_back({now_, b});
        if (a == 11) state.expression.push_back({now_, b});
        if (a == 64) state.pedal.push_back({now_, b});
        if (a == 120 || a == 123) {
          for (int pitch = 0; pitch < kPitches; ++pitch) end_note(channel, pitch);
        }
        break;
      case 0xc:
        state.program.push_back({now_, a});
        break;
      default:
        break;  // pressure, pitch bend
    }
    return ok_status();
  }

  Status meta(bool& ended) {
    std::uint8_t kind = 0;
    if (Status status = byte(kind); !status) return status;
    Bytes value;
    if (Status status = block(value); !status) return status;
    if (kind == 0x2f) ended = true;
    if (kind == 0x51 && value.size() >= 3) {
      const int microseconds = value[0] << 16 | value[1] << 8 | value[2];
      if (microseconds > 0) song_.tempi.push_back({now_, microseconds});
    }
    if (kind == 0x58 && value.size() >= 2 && value[0] > 0 && value[0] <= 64 && value[1] <= 6) {
      song_.signatures.push_back({now_, value[0], 1 << value[1]});
    }
    if (kind == 0x03) {
      std::string name = plain_text(value);
      if (!name.empty()) {
        if (first_ && song_.title.empty()) song_.title = name;
        if (song_.tracks.size() < limits::kMaxTrackNames) song_.tracks.push_back(std::move(name));
      }
    }
    return ok_status();
  }

  std::size_t& key(int channel, int pitch) {
    return open_[static_cast<std::size_t>(channel * kPitches + pitch)];
  }

  void end_note(int channel, int pitch) {
    std::size_t& index = key(channel, pitch);
    if (index == kNone) return;
    song_.notes[index].end = now_;
    index = kNone;
  }

  Bytes bytes_;
  Song& song_;
  bool first_;
  std::size_t at_ = 0;
  Ticks now_ = 0, last_ = 0;  // last_: of the last event but the end of track
  int running_ = 0;
  std::array<std::size_t, kChannels * kPitches> open_;  // sounding notes
};

// ---- chunks ----

// The unit of ticks.
struct Division {
  bool smpte = false;
  double per_quarter = 0;  // ticks, unless smpte
  double per_second = 0;   // ticks, if smpte
};

Result<Division> read_division(std::uint8_t high, std::uint8_t low) {
  Division division;
  if (high < 0x80) {
    division.per_quarter = high << 8 | low;
    if (division.per_quarter < 1) return broken("a quarter has no ticks");
    return division;
  }
  const int frames = 256 - high;
  if (frames != 24 && frames != 25 && frames != 29 && frames != 30) {
    return broken("its time is in frames of an unknown length");
  }
  if (low == 0) return broken("a frame has no ticks");
  division.smpte = true;
  division.per_second = (frames == 29 ? 30000.0 / 1001.0 : frames) * low;
  return division;
}

// The MIDI file within a RIFF file; `bytes` themselves where they are not RIFF.
Result<Bytes> unwrapped(Bytes bytes) {
  if (!has(bytes, 0, "RIFF") || !has(bytes, 8, "RMID")) return bytes;
  for (std::size_t at = 12; bytes.size() - at >= 8;) {
    const std::size_t length = little_endian(bytes, at + 4);
    const Bytes rest = bytes.subspan(at + 8);
    if (has(bytes, at, "data")) return rest.first(std::min(length, rest.size()));
    if (length >= rest.size()) break;
    at += 8 + length + (length & 1);
  }
  return cut_short();
}

Result<Division> read_chunks(Bytes bytes, Song& song) {
  if (bytes.size() < 14) return cut_short();
  const std::size_t header = big_endian(bytes, 4);
  if (header < 6) return broken("its header is too short");
  if (header > bytes.size() - 8) return cut_short();
  const int format = bytes[8] << 8 | bytes[9];
  if (format == 2) {
    return Error{
        ErrorCode::unsupported,
        "This MIDI file holds several independent songs (format 2), which cannot be danced. Save one "
        "of them as format 0 or 1."};
  }
  if (format > 2) return broken("its format is not 0, 1 or 2");
  const auto division = read_division(bytes[12], bytes[13]);
  if (!division) return division.error();

  std::size_t tracks = 0;
  for (std::size_t at = 8 + header; bytes.size() - at >= 8;) {
    const std::size_t length = big_endian(bytes, at + 4);
    const Bytes rest = bytes.subspan(at + 8);
    const bool whole = length <= rest.size();
    const bool is_track = has(bytes, at, "MTrk");
    if (!is_track && !whole) {
      if (tracks == 0) return cut_short();
      break;  // bytes after the end
    }
    if (is_track) {
      TrackReader reader(rest.first(std::min(length, rest.size())), song, tracks == 0);
      if (Status status = reader.read(whole); !status) return status.error();
      ++tracks;
    }
    if (!whole) break;
    at += 8 + length;
  }
  if (tracks == 0) return Error{ErrorCode::empty, "This MIDI file has no tracks. Choose another one."};
  return *division;
}

// ---- ticks to seconds ----

// Index of the last change not after a tick; -1 before the first.
std::ptrdiff_t index_at(const std::vector<Change>& changes, Ticks tick) {
  const auto next = std::upper_bound(changes.begin(), changes.end(), tick,
                                     [](Ticks at, const Change& change) { return at < change.tick; });
  return next - changes.begin() - 1;
}

int value_at(const std::vector<Change>& changes, Ticks tick, int before) {
  const std::ptrdiff_t at = index_at(changes, tick);
  return at < 0 ? before : changes[static_cast<std::size_t>(at)].value;
}

void sort_changes(Song& song) {
  const auto by_tick = [](const auto& a, const auto& b) { return a.tick < b.tick; };
  std::stable_sort(song.tempi.begin(), song.tempi.end(), by_tick);
  std::stable_sort(song.signatures.begin(), song.signatures.end(), by_tick);
  for (Channel& channel : song.channels) {
    for (auto* changes : {&channel.program, &channel.volume, &channel.expression, &channel.pedal}) {
      std::stable_sort(changes->begin(), changes->end(), by_tick);
    }
  }
  std::stable_sort(song.notes.begin(), song.notes.end(), [](const RawNote& a, const RawNote& b) {
    return std::tie(a.start, a.channel, a.pitch) < std::tie(b.start, b.channel, b.pitch);
  });
}

// Sustain: notes that end while the pedal is down are held until it is up or their key is struck again.
void hold_by_pedal(Song& song) {
  constexpr Ticks kNever = ~Ticks{0};
  std::array<std::vector<Ticks>, kChannels> up;  // for each pedal event: when the pedal is next up
  for (std::size_t c = 0; c < up.size(); ++c) {
    const auto& pedal = song.channels[c].pedal;
    up[c].assign(pedal.size(), kNever);
    for (std::size_t i = pedal.size(); i-- > 1;) {
      up[c][i - 1] = pedal[i].value < 64 ? pedal[i].tick : up[c][i];
    }
  }
  std::vector<Ticks> struck(kChannels * kPitches, kNever);
  for (std::size_t i = song.notes.size(); i-- > 0;) {
    RawNote& note = song.notes[i];
    const auto c = static_cast<std::size_t>(note.channel);
    Ticks& again = struck[c * kPitches + static_cast<std::size_t>(note.pitch)];
    const std::vector<Change>& pedal = song.channels[c].pedal;
    const std::ptrdiff_t at = index_at(pedal, note.end);
    if (at >= 0 && pedal[static_cast<std::size_t>(at)].value >= 64) {
      const Ticks until = up[c][static_cast<std::size_t>(at)];
      // A pedal that never comes up is ignored.
      if (until != kNever) note.end = std::max(note.end, std::min(until, again));
    }
    again = note.start;
  }
}

// Tempo map and signatures.
void fill_maps(const Song& song, const Division& division, Score& score) {
  score.has_metre = !division.smpte || !song.tempi.empty();
  if (!score.has_metre) return;
  // SMPTE: the first tempo also applies before its event.
  const double first_bpm = division.smpte ? 6e7 / song.tempi.front().microseconds : 120.0;
  score.tempi.push_back({0, 0, first_bpm});
  for (const RawTempo& tempo : song.tempi) {
    const TempoChange& last = score.tempi.back();
    TempoChange change{};
    change.bpm = 6e7 / tempo.microseconds;
    if (division.smpte) {
      change.time = static_cast<double>(tempo.tick) / division.per_second;
      change.place = last.place + (change.time - last.time) * last.bpm / 60.0;
    } else {
      change.place = static_cast<double>(tempo.tick) / division.per_quarter;
      change.time = last.time + (change.place - last.place) * 60.0 / last.bpm;
    }
    if (change.place <= last.place) score.tempi.pop_back();
    score.tempi.push_back(change);
  }
  score.signatures.push_back({0, 0, 4, 4});
  for (const RawSignature& signature : song.signatures) {
    TimeSignature change{0, 0, signature.numerator, signature.denominator};
    if (division.smpte) {
      change.time = static_cast<double>(signature.tick) / division.per_second;
      auto next = std::upper_bound(score.tempi.begin(), score.tempi.end(), change.time,
                                   [](double at, const TempoChange& tempo) { return at < tempo.time; });
      if (next != score.tempi.begin()) --next;
      change.place = next->place + (change.time - next->time) * next->bpm / 60.0;
    } else {
      change.place = static_cast<double>(signature.tick) / division.per_quarter;
      change.time = seconds_at(score, change.place);
    }
    if (change.place <= score.signatures.back().place) score.signatures.pop_back();
    score.signatures.push_back(change);
  }
}

}  // namespace

bool looks_like_midi(Bytes head) {
  return has(head, 0, "MThd") || (has(head, 0, "RIFF") && has(head, 8, "RMID"));
}

Result<Score> read_midi(Bytes bytes) {
  if (!looks_like_midi(bytes)) {
    return Error{ErrorCode::bad_format, "This is not a MIDI file. Choose a .mid file."};
  }
  if (bytes.size() > limits::kMaxMidiBytes) {
    return Error{ErrorCode::too_large, "This MIDI file is larger than 16 MB. Choose a smaller one."};
  }
  const auto file = unwrapped(bytes);
  if (!file) return file.error();
  if (!has(*file, 0, "MThd")) return broken("its RIFF wrapping holds something else");
  Song song;
  const auto division = read_chunks(*file, song);
  if (!division) return division.error();
  if (song.notes.empty()) return Error{ErrorCode::empty, "This MIDI file has no notes. Choose another one."};
  sort_changes(song);
  hold_by_pedal(song);

  Score score;
  score.title = std::move(song.title);
  score.tracks = std::move(song.tracks);
  fill_maps(song, *division, score);
  const auto seconds = [&](Ticks tick) {
    const auto ticks = static_cast<double>(tick);
    return division->smpte ? ticks / division->per_second : seconds_at(score, ticks / division->per_quarter);
  };
  for (const RawNote& note : song.notes) {
    const Channel& channel = song.channels[static_cast<std::size_t>(note.channel)];
    const int volume = value_at(channel.volume, note.start, 100);
    const int expression = value_at(channel.expression, note.start, 127);
    score.notes.push_back({seconds(note.start), seconds(note.end), note.pitch, note.velocity,
                           volume * expression / 127, value_at(channel.program, note.start, 0), note.channel,
                           note.channel == kDrumChannel});
    score.duration = std::max(score.duration, score.notes.back().end);
  }
  if (score.duration > limits::kMaxAudioSeconds) {
    const double minutes = std::ceil(std::min(score.duration / 60, 1e6));
    return Error{ErrorCode::too_large, "This MIDI file lasts " + std::to_string(static_cast<int>(minutes)) +
                                           " minutes; at most 15 can be danced. Cut it and try again."};
  }
  if (score.has_metre) lay_bars(score);
  return score;
}

}  // namespace terpsi::score
