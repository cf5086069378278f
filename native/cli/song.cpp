#include "native/cli/song.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "audio/classical_metre.h"
#include "audio/synth.h"
#include "native/engine/listener.h"
#include "native/engine/models.h"

namespace terpsi::native {
namespace {

Result<DecodedSong> demo_song(TimeRange range) {
  if (auto status = check_range(range); !status) return status.error();
  auto song = audio::synthesize_song({});
  if (!song) return song.error();
  const double rate = song->pcm.sample_rate;
  auto& samples = song->pcm.samples;
  const auto place = [&](double seconds) {
    return static_cast<std::ptrdiff_t>(
        std::lround(std::clamp(seconds * rate, 0.0, static_cast<double>(samples.size()))));
  };
  if (place(range.to) <= place(range.from)) {
    return Error{ErrorCode::empty, "the demo song is " + std::to_string(std::lround(song->pcm.seconds())) +
                                       " s long; choose a part within it"};
  }
  samples.erase(samples.begin() + place(range.to), samples.end());
  samples.erase(samples.begin(), samples.begin() + place(range.from));
  return DecodedSong{std::move(song->pcm), "synthesised", 1, {}};
}

}  // namespace

Result<DecodedSong> load_song(const std::string& name, TimeRange range) {
  if (name == "demo") return demo_song(range);
  auto song = decode_file(name, range);
  if (song && !song->warning.empty()) std::fprintf(stderr, "terpsi: warning: %s\n", song->warning.c_str());
  return song;
}

Result<HeardSong> hear_song(const std::string& name, TimeRange range, const ListenerChoice& choice) {
  auto song = load_song(name, range);
  if (!song) return song.error();
  const auto heard = audio::hear(song->pcm);
  if (!heard) return heard.error();
  if (choice.name != ListenerChoice::kClassical) {
    const bool automatic = choice.name == ListenerChoice::kAutoListener;
    auto listener = load_listener(models_folder(choice.models), automatic ? std::string() : choice.name);
    if (listener) {
      auto metre = listener->count(*heard);
      if (!metre) return metre.error();
      return HeardSong{std::move(*song), audio::describe(*heard, std::move(*metre)), listener->info().name};
    }
    if (!automatic || listener.error().code != ErrorCode::not_found) return listener.error();
  }
  return HeardSong{std::move(*song), audio::describe(*heard, audio::classical_metre(*heard)),
                   ListenerChoice::kClassical};
}

}  // namespace terpsi::native
