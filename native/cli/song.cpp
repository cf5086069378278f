#include "native/cli/song.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "native/io/file.h"
#include "score/midi_file.h"
#include "score/render.h"
#include "synth/synth.h"

namespace terpsi::native {
namespace {

// Keeps the part of a made song that is wanted. `name`: for people.
Status cut(audio::Pcm& pcm, TimeRange range, const std::string& name) {
  const double rate = pcm.sample_rate;
  const auto place = [&](double seconds) {
    return static_cast<std::ptrdiff_t>(
        std::lround(std::clamp(seconds * rate, 0.0, static_cast<double>(pcm.samples.size()))));
  };
  const std::ptrdiff_t from = place(range.from), to = place(range.to);
  if (to <= from) {
    return Error{ErrorCode::empty, name + " is " + std::to_string(std::lround(pcm.seconds())) +
                                       " s long; choose a part within it"};
  }
  pcm.samples.erase(pcm.samples.begin() + to, pcm.samples.end());
  pcm.samples.erase(pcm.samples.begin(), pcm.samples.begin() + from);
  return ok_status();
}

Result<DecodedSong> demo_song(TimeRange range) {
  if (auto status = check_range(range); !status) return status.error();
  auto song = synth::synthesize_song({});
  if (!song) return song.error();
  if (auto status = cut(song->pcm, range, "the demo song"); !status) return status.error();
  return DecodedSong{std::move(song->pcm), "synthesised", 1, {}};
}

bool is_midi(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  std::array<char, 12> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  return score::looks_like_midi({reinterpret_cast<const std::uint8_t*>(head.data()), head.size()});
}

Result<score::Score> load_score(const std::string& path) {
  const auto bytes = read_file(path, limits::kMaxMidiBytes);
  if (!bytes) return bytes.error();
  return score::read_midi(*bytes);
}

Result<DecodedSong> play_score(const score::Score& score, TimeRange range) {
  if (auto status = check_range(range); !status) return status.error();
  DecodedSong song{score::render(score), "MIDI", 1, {}};
  if (auto status = cut(song.pcm, range, "the song"); !status) return status.error();
  return song;
}

}  // namespace

Result<DecodedSong> load_song(const std::string& name, TimeRange range) {
  if (name == "demo") return demo_song(range);
  if (is_midi(name)) {
    const auto score = load_score(name);
    if (!score) return score.error();
    return play_score(*score, range);
  }
  auto song = decode_file(name, range);
  if (song && !song->warning.empty()) std::fprintf(stderr, "terpsi: warning: %s\n", song->warning.c_str());
  return song;
}

Result<HeardSong> hear_song(const std::string& name, TimeRange range, const Models& models,
                            const std::string& listener) {
  if (is_midi(name)) {
    auto score = load_score(name);
    if (!score) return score.error();
    auto played = play_score(*score, range);
    if (!played) return played.error();
    return hear_score(std::move(*played), std::move(*score), range, models, listener);
  }
  auto song = load_song(name, range);
  if (!song) return song.error();
  return hear_decoded(std::move(*song), models, listener);
}

}  // namespace terpsi::native
