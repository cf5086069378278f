#include "native/cli/song.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "audio/bar_pointer.h"
#include "audio/classical_metre.h"
#include "audio/listener_input.h"
#include "audio/network_metre.h"
#include "audio/synth.h"
#include "base/limits.h"
#include "native/engine/listener.h"
#include "native/engine/models.h"
#include "native/io/file.h"
#include "score/listen.h"
#include "score/midi_file.h"
#include "score/render.h"

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
  auto song = audio::synthesize_song({});
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

Result<HeardSong> hear_song(const std::string& name, TimeRange range, const ListenerChoice& choice) {
  std::optional<score::Score> score;
  if (is_midi(name)) {
    auto loaded = load_score(name);
    if (!loaded) return loaded.error();
    score = std::move(*loaded);
  }
  auto song = score ? play_score(*score, range) : load_song(name, range);
  if (!song) return song.error();
  const auto heard = audio::hear(song->pcm);
  if (!heard) return heard.error();
  const auto described = [&](audio::Metre metre, const std::string& listener) {
    HeardSong out{std::move(*song), audio::describe(*heard, std::move(metre)), listener, {}, {}};
    if (score) {
      out.note_density = score::note_density(*score, out.music.frames, range.from);
      out.score = std::move(score);
    }
    return out;
  };

  const bool automatic = choice.name == ListenerChoice::kAutoListener;
  if (score && automatic) {
    if (auto metre = score::written_metre(*score, *heard, range.from, range.to))
      return described(std::move(*metre), "score");
  }
  if (choice.name != ListenerChoice::kClassical) {
    auto listener = load_listener(models_folder(choice.models), automatic ? std::string() : choice.name);
    if (listener) {
      const auto activation = listener->activation(audio::listener_input(*heard));
      if (!activation) return activation.error();
      return described(automatic ? audio::network_metre(*heard, *activation)
                                 : audio::bar_pointer(*activation, heard->duration),
                       listener->info().name);
    }
    if (!automatic || listener.error().code != ErrorCode::not_found) return listener.error();
  }
  return described(audio::classical_metre(*heard), ListenerChoice::kClassical);
}

}  // namespace terpsi::native
