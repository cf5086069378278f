#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <numbers>

#include "audio/describe/features.h"
#include "audio/hear/listener_input.h"
#include "base/json_fields.h"
#include "base/limits.h"
#include "format/music_json.h"
#include "format/npz.h"
#include "generate/plan/style_choice.h"
#include "generate/plan/style_profiles.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/live_json.h"
#include "native/cli/song.h"
#include "native/decode/wav.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

struct AnalyzeOptions {
  std::string song, json, npz, click, heard, wav, live, models, listener = kAutoListener;
  TimeRange range;
};

// What a MIDI file says beyond the sound. Times are those of the whole song, also where a part was chosen.
nlohmann::ordered_json score_json(const HeardSong& heard) {
  const score::Score& score = *heard.score;
  auto tempi = nlohmann::ordered_json::array(), signatures = tempi, bars = tempi, density = tempi;
  for (const auto& tempo : score.tempi)
    tempi.push_back({{"time", rounded(tempo.time)}, {"bpm", rounded(tempo.bpm)}});
  for (const auto& signature : score.signatures) {
    signatures.push_back(
        {{"time", rounded(signature.time)},
         {"signature", std::to_string(signature.numerator) + "/" + std::to_string(signature.denominator)}});
  }
  for (const auto& bar : score.bars) bars.push_back(rounded(bar.start));
  for (std::size_t i = 0; i < heard.note_density.size(); i += limits::kFps)
    density.push_back(rounded(static_cast<double>(heard.note_density[i]), 100));
  nlohmann::ordered_json json;
  json["title"] = score.title;
  json["tracks"] = score.tracks;
  json["notes"] = score.notes.size();
  json["duration"] = rounded(score.duration);
  json["tempo_map"] = std::move(tempi);
  json["time_signatures"] = std::move(signatures);
  json["bars"] = std::move(bars);
  json["note_density"] = std::move(density);  // once a second of the part chosen
  return json;
}

std::string section_letter(int label) {
  return label < 26 ? std::string(1, static_cast<char>('A' + label)) : "section " + std::to_string(label + 1);
}

const char* name_of(audio::Moment::Kind kind) {
  using Kind = audio::Moment::Kind;
  return kind == Kind::build_up ? "build_up" : kind == Kind::drop ? "drop" : "breakdown";
}

// Counts of 8, energy ten times a second, moments, the style that suits.
void add_shape(nlohmann::ordered_json& json, const audio::MusicAnalysis& music) {
  auto eights = nlohmann::ordered_json::array(), energy = eights, moments = eights;
  for (double t : music.eights) eights.push_back(rounded(t));
  for (std::size_t i = 0; i < music.energy.size(); i += limits::kFps / 10)
    energy.push_back(rounded(static_cast<double>(music.energy[i]), 1000));
  for (const auto& m : music.moments) {
    moments.push_back({{"kind", name_of(m.kind)},
                       {"start", rounded(m.start)},
                       {"end", rounded(m.end)},
                       {"strength", rounded(m.strength)}});
  }
  json["eights"] = std::move(eights);
  json["energy_rate"] = 10;
  json["energy"] = std::move(energy);
  json["moments"] = std::move(moments);
  const auto model = generate::open_styles();
  const auto choice = generate::choose_style(music, model, 1);
  json["style"] = {{"suggested", model.styles[static_cast<std::size_t>(choice.style)].name},
                   {"reason", choice.reason}};
}

// "A B A C" and so on.
std::string form_of(const audio::MusicAnalysis& music) {
  std::string out;
  for (const auto& section : music.sections) out += (out.empty() ? "" : " ") + section_letter(section.label);
  return out;
}

void print_shape(const audio::MusicAnalysis& music) {
  std::printf("  form: %s; %zu counts of 8\n", form_of(music).c_str(), music.eights.size());
  for (const auto& m : music.moments) {
    if (m.kind == audio::Moment::Kind::drop) {
      std::printf("  drop at %.1f s\n", m.start);
    } else {
      const char* what = m.kind == audio::Moment::Kind::build_up ? "build-up" : "breakdown";
      std::printf("  %s from %.1f to %.1f s\n", what, m.start, m.end);
    }
  }
  const auto model = generate::open_styles();
  const auto choice = generate::choose_style(music, model, 1);
  std::printf("  style: %s (%s)\n", model.styles[static_cast<std::size_t>(choice.style)].name.c_str(),
              choice.reason.c_str());
}

nlohmann::ordered_json to_json(const HeardSong& heard, const std::string& name) {
  const auto& music = heard.music;
  nlohmann::ordered_json json;
  json["song"] = name;
  json["format"] = heard.song.format;
  json["sample_rate"] = heard.song.pcm.sample_rate;
  json["listener"] = heard.listener;
  json.update(format::music_json(music));
  auto downbeats = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < music.beats.size(); ++i) {
    if (music.beat_in_bar[i] == 1) downbeats.push_back(rounded(music.beats[i]));
  }
  json["downbeats"] = std::move(downbeats);
  for (auto& section : json["sections"]) section["letter"] = section_letter(section["label"].get<int>());
  add_shape(json, music);
  json["fps"] = limits::kFps;
  json["features_version"] = audio::FeatureLayout::kVersion;
  if (heard.score) json["score"] = score_json(heard);
  return json;
}

// Text array of equal width, as NumPy's "<Un".
format::NpyArray text_array(std::span<const std::string_view> texts) {
  std::size_t width = 1;
  for (const auto text : texts) width = std::max(width, text.size());
  format::NpyArray array{"<U" + std::to_string(width), {texts.size()}, {}};
  for (const auto text : texts) {
    for (std::size_t i = 0; i < width; ++i) {
      array.bytes.insert(array.bytes.end(),
                         {static_cast<std::uint8_t>(i < text.size() ? text[i] : 0), 0, 0, 0});
    }
  }
  return array;
}

// (N, 6): start, end, pitch, velocity, program (-1: drum), channel. Times are those of the whole song.
format::NpyArray notes_array(const std::vector<score::Note>& notes) {
  std::vector<float> values;
  for (const auto& note : notes) {
    values.insert(values.end(),
                  {static_cast<float>(note.start), static_cast<float>(note.end),
                   static_cast<float>(note.pitch), static_cast<float>(note.velocity),
                   static_cast<float>(note.drum ? -1 : note.program), static_cast<float>(note.channel)});
  }
  return format::npy_floats(values, {notes.size(), 6});
}

std::vector<std::uint8_t> to_npz(const HeardSong& heard) {
  const audio::MusicAnalysis& music = heard.music;
  const std::size_t frames = music.frames;
  const auto names = audio::FeatureLayout::names();
  const std::vector<float> beats(music.beats.begin(), music.beats.end());
  const std::vector<std::int32_t> beat_in_bar(music.beat_in_bar.begin(), music.beat_in_bar.end());
  std::vector<float> sections;
  for (const auto& s : music.sections) {
    sections.insert(sections.end(),
                    {static_cast<float>(s.start), static_cast<float>(s.end), static_cast<float>(s.label)});
  }
  format::Npz npz;
  npz["features"] = format::npy_floats(music.features, {frames, audio::FeatureLayout::kColumns});
  npz["columns"] = text_array(names);
  npz["beats"] = format::npy_floats(beats, {beats.size()});
  npz["beat_in_bar"] = format::npy_ints(beat_in_bar, {beat_in_bar.size()});
  npz["sections"] = format::npy_floats(sections, {music.sections.size(), 3});
  npz["tempo"] = format::npy_floats(music.tempo, {frames});
  npz["loudness"] = format::npy_floats(music.loudness, {frames});
  npz["onset"] = format::npy_floats(music.onset, {frames});
  npz["novelty"] = format::npy_floats(music.novelty, {frames});
  npz["duration"] = format::npy_scalar(static_cast<float>(music.duration));
  npz["tempo_bpm"] = format::npy_scalar(static_cast<float>(music.tempo_bpm));
  npz["fps"] = format::npy_scalar(limits::kFps);
  npz["features_version"] = format::npy_scalar(audio::FeatureLayout::kVersion);
  if (heard.score) {
    npz["note_density"] = format::npy_floats(heard.note_density, {frames});
    npz["notes"] = notes_array(heard.score->notes);
  }
  return format::write_npz(npz);
}

// What a beat network is given of the song.
Result<std::vector<std::uint8_t>> heard_npz(const audio::Pcm& pcm) {
  const auto heard = audio::spectral_features(pcm);
  if (!heard) return heard.error();
  format::Npz npz;
  const std::vector<float> input = audio::listener_input(*heard);
  npz["input"] = format::npy_floats(input, {input.size() / audio::kListenerColumns, audio::kListenerColumns});
  npz["rate"] = format::npy_scalar(audio::kListenerRate);
  npz["input_version"] = format::npy_scalar(audio::kListenerInputVersion);
  return format::write_npz(npz);
}

// The song at half volume with a click on every beat, higher on downbeats.
audio::Pcm with_clicks(audio::Pcm pcm, const audio::MusicAnalysis& music) {
  for (float& sample : pcm.samples) sample *= 0.5f;
  const double rate = pcm.sample_rate;
  for (std::size_t i = 0; i < music.beats.size(); ++i) {
    const double pitch = music.beat_in_bar[i] == 1 ? 1760 : 880;
    const auto first = static_cast<std::size_t>(std::lround(std::max(0.0, music.beats[i]) * rate));
    const auto length = static_cast<std::size_t>(0.03 * rate);
    for (std::size_t k = 0; k < length && first + k < pcm.samples.size(); ++k) {
      const double t = static_cast<double>(k) / rate;
      pcm.samples[first + k] +=
          static_cast<float>(0.6 * std::exp(-t / 0.008) * std::sin(2 * std::numbers::pi * pitch * t));
    }
  }
  return pcm;
}

int analyze(const AnalyzeOptions& options) {
  for (const std::string& path :
       {options.json, options.npz, options.click, options.heard, options.wav, options.live}) {
    if (auto status = check_output(path, options.song); !status) return fail(status.error(), kExitUsage);
  }
  if (!options.heard.empty()) {
    const auto song = load_song(options.song, options.range);
    if (!song) return fail(song.error(), kExitInput);
    const auto bytes = heard_npz(song->pcm);
    if (!bytes) return fail(bytes.error(), kExitInput);
    if (auto s = write_file(options.heard, *bytes); !s) return fail(s.error(), kExitIo);
    return kExitOk;
  }
  const auto heard =
      hear_song(options.song, options.range, open_models(models_folder(options.models)), options.listener);
  if (!heard) return fail(heard.error(), kExitInput);
  const auto& music = heard->music;
  if (!options.json.empty()) {
    if (auto s = write_output(options.json, to_json(*heard, options.song).dump(1) + "\n"); !s)
      return fail(s.error(), kExitIo);
  }
  if (!options.live.empty()) {
    if (auto s = write_output(options.live, live_json(heard->song.pcm).dump(1) + "\n"); !s)
      return fail(s.error(), kExitIo);
  }
  if (!options.npz.empty()) {
    if (auto s = write_file(options.npz, to_npz(*heard)); !s) return fail(s.error(), kExitIo);
  }
  if (!options.click.empty()) {
    if (auto s = write_file(options.click, wav_bytes(with_clicks(heard->song.pcm, music))); !s)
      return fail(s.error(), kExitIo);
  }
  if (!options.wav.empty()) {
    if (auto s = write_file(options.wav, wav_bytes(heard->song.pcm)); !s) return fail(s.error(), kExitIo);
  }
  if (options.json != "-" && options.live != "-") {
    std::printf(
        "%s: %s, %.1f s, %.1f beats per minute in %d, %zu beats (%s), %zu sections, confidence %.2f\n",
        options.song.c_str(), heard->song.format.c_str(), music.duration, music.tempo_bpm,
        music.beats_per_bar, music.beats.size(), heard->listener.c_str(), music.sections.size(),
        music.beat_confidence);
    print_shape(music);
  }
  return heard->song.warning.empty() ? kExitOk : kExitDamaged;
}

}  // namespace

void add_analyze_command(Command& program) {
  auto options = std::make_shared<AnalyzeOptions>();
  Command command = program.subcommand("analyze", "Listen to a song: tempo, beats, sections, features");
  command.option("song", options->song, "Song or MIDI file, or demo").required();
  command.option(
      "--json", options->json,
      "Write tempo, beats, sections, counts of 8, energy, moments, the style that suits (and the score) "
      "as JSON, which a server takes as music (docs/server.md); - for standard output");
  command.option("--npz", options->npz, "Write the features (T, 48) and more as NPZ");
  command.option("--click", options->click, "Write a WAV of the song with a click on every beat");
  command.option("--wav", options->wav, "Write a WAV of what was heard: of a MIDI file, its sound");
  command.option("--heard", options->heard, "Write only what a beat network is given, as NPZ (for training)");
  add_listener_option(command, options->listener);
  add_models_option(command, options->models);
  command.option("--live", options->live,
                 "Write as JSON the beats that would have been predicted from live input");
  add_range_options(command, options->range);
  command.on_run([options] { return analyze(*options); });
}

}  // namespace terpsi::native
