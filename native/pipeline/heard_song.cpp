#include "native/pipeline/heard_song.h"

#include <utility>

#include "audio/count/bar_pointer.h"
#include "audio/count/classical_metre.h"
#include "audio/count/network_metre.h"
#include "audio/describe/analysis.h"
#include "audio/hear/listener_input.h"
#include "native/networks/listener.h"
#include "score/listen.h"

namespace terpsi::native {
namespace {

struct Counted {
  audio::Metre metre;
  std::string listener;
};

// Without a score.
Result<Counted> count(const audio::SpectralFeatures& heard, const Models& models, const std::string& name) {
  const bool automatic = name == kAutoListener;
  if (name != kClassicalListener) {
    auto listener = load_listener(models, automatic ? std::string() : name);
    if (listener) {
      const auto activation = listener->activation(audio::listener_input(heard));
      if (!activation) return activation.error();
      return Counted{automatic ? audio::network_metre(heard, *activation)
                               : audio::bar_pointer(*activation, heard.duration),
                     listener->info().name};
    }
    if (!automatic || listener.error().code != ErrorCode::not_found) return listener.error();
  }
  return Counted{audio::classical_metre(heard), kClassicalListener};
}

Result<HeardSong> describe(DecodedSong song, const audio::SpectralFeatures& heard,
                           std::optional<audio::Metre> written, const Models& models,
                           const std::string& listener) {
  const bool by_score = written && listener == kAutoListener;
  auto counted = by_score ? Result<Counted>(Counted{std::move(*written), kScoreListener})
                          : count(heard, models, listener);
  if (!counted) return counted.error();
  return HeardSong{std::move(song),
                   audio::describe(heard, std::move(counted->metre)),
                   std::move(counted->listener),
                   {},
                   {}};
}

}  // namespace

Result<HeardSong> hear_decoded(DecodedSong song, const Models& models, const std::string& listener) {
  const auto heard = audio::spectral_features(song.pcm);
  if (!heard) return heard.error();
  auto written = std::move(song.written);
  return describe(std::move(song), *heard, std::move(written), models, listener);
}

Result<HeardSong> hear_score(DecodedSong played, score::Score score, TimeRange range, const Models& models,
                             const std::string& listener) {
  const auto heard = audio::spectral_features(played.pcm);
  if (!heard) return heard.error();
  auto out = describe(std::move(played), *heard, score::written_metre(score, *heard, range.from, range.to),
                      models, listener);
  if (!out) return out;
  out->note_density = score::note_density(score, out->music.frames, range.from);
  out->score = std::move(score);
  return out;
}

}  // namespace terpsi::native
