#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/song.h"
#include "native/networks/genre.h"

namespace terpsi::native {
namespace {

struct GenreOptions {
  std::string song, json, models, listener = kAutoListener;
  TimeRange range;
};

int genre(const GenreOptions& options) {
  if (auto status = check_output(options.json, options.song); !status)
    return fail(status.error(), kExitUsage);
  const Models models = open_models(models_folder(options.models));
  auto listener = load_genre_listener(models);
  if (!listener) return fail(listener.error(), kExitModel);
  const auto heard = hear_song(options.song, options.range, models, options.listener);
  if (!heard) return fail(heard.error(), kExitInput);
  const auto found = listener->listen(heard->song.pcm);
  if (!found) return fail(found.error(), kExitInput);
  const auto& info = listener->info();
  const std::string& name = info.genres[static_cast<std::size_t>(found->genre)];
  std::string shares;
  auto by_genre = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < info.genres.size(); ++i) {
    const double share = found->share(static_cast<int>(i));
    char text[32];
    std::snprintf(text, sizeof text, " %.0f %%", 100 * share);
    shares += (i == 0 ? "" : ", ") + info.genres[i] + text;
    by_genre[info.genres[i]] = rounded(share, 1e4);
  }
  const auto& music = heard->music;
  if (!options.json.empty()) {
    nlohmann::ordered_json json;
    json["song"] = options.song;
    json["genre"] = name;
    json["share_of_windows"] = by_genre;
    json["windows"] = found->windows.size();
    json["encoder_bpm"] = rounded(found->median_bpm(), 1e4);
    json["tempo_bpm"] = rounded(music.tempo_bpm, 1e4);
    json["beats_per_bar"] = music.beats_per_bar;
    json["licence"] = info.classifier.licence;
    if (auto s = write_output(options.json, json.dump(1) + "\n"); !s) return fail(s.error(), kExitIo);
  }
  if (options.json != "-") {
    std::printf("%s: %s\n", options.song.c_str(), name.c_str());
    std::printf("  of %zu windows: %s\n", found->windows.size(), shares.c_str());
    std::printf("  tempo: %.1f beats per minute by the encoder's guess, %.1f in %d by the beats heard\n",
                found->median_bpm(), music.tempo_bpm, music.beats_per_bar);
    std::printf("  network %s: %s\n", info.classifier.name.c_str(), info.classifier.licence.c_str());
  }
  return heard->song.warning.empty() ? kExitOk : kExitDamaged;
}

}  // namespace

void add_genre_command(Command& program) {
  auto options = std::make_shared<GenreOptions>();
  Command command = program.subcommand(
      "genre", "Which ballroom dance a song is for: cha-cha, rumba, tango or waltz (research only)");
  command.option("song", options->song, "Song file, or demo").required();
  command.option("--json", options->json, "Write genre, shares and tempi as JSON; - for standard output");
  add_range_options(command, options->range);
  add_listener_option(command, options->listener);
  add_models_option(command, options->models);
  command.on_run([options] { return genre(*options); });
}

}  // namespace terpsi::native
