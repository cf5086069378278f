#include "format/music_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/limits.h"

namespace terpsi::format {
namespace {

using Member = std::pair<const char*, double audio::Character::*>;

// Shares and decibels of Character, by name. Tempo and metre are the song's own.
constexpr std::array<Member, 11> kCharacter = {{{"energy", &audio::Character::energy},
                                                {"percussion", &audio::Character::percussion},
                                                {"brightness", &audio::Character::brightness},
                                                {"bass", &audio::Character::bass},
                                                {"tonality", &audio::Character::tonality},
                                                {"swing", &audio::Character::swing},
                                                {"four_floor", &audio::Character::four_floor},
                                                {"backbeat", &audio::Character::backbeat},
                                                {"latin", &audio::Character::latin},
                                                {"dynamics_db", &audio::Character::dynamics},
                                                {"steadiness", &audio::Character::steadiness}}};

constexpr double kMostBeatsPerSecond = 10;
constexpr std::size_t kMostSections = 2000;

Json rounded_all(const std::vector<float>& values) {
  Json list = Json::array();
  for (const float v : values) list.push_back(rounded(static_cast<double>(v), 1e3));
  return list;
}

void read_beats(const Fields& f, audio::MusicAnalysis& music) {
  const auto most = static_cast<std::size_t>(music.duration * kMostBeatsPerSecond) + 16;
  for (const Json& beat : f.array("beats", 0, most)) {
    const double t = beat.is_number() ? beat.get<double>() : std::nan("");
    const bool later = music.beats.empty() || t > music.beats.back();
    if (!(t >= -1 && t <= music.duration + 1) || !later)
      return f.fail("beats", "must be ascending times within the song");
    music.beats.push_back(t);
  }
  for (const float place : f.numbers("beat_in_bar", 0, most, 1, 15))
    music.beat_in_bar.push_back(static_cast<int>(place));
  if (music.beat_in_bar.size() != music.beats.size())
    f.fail("beat_in_bar", "must have a number for each beat");
}

void read_sections(const Fields& f, Problem& problem, audio::MusicAnalysis& music) {
  std::size_t index = 0;
  for (const Json& entry : f.array("sections", 0, kMostSections)) {
    const Fields section(entry, f.path("sections", index++), problem);
    const double before = music.sections.empty() ? 0 : music.sections.back().start;
    const double start = section.number("start", before, music.duration);
    const double end = section.number("end", start, music.duration + 1);
    music.sections.push_back({start, end, static_cast<int>(section.integer("label", 0, 10000))});
  }
}

void read_character(const Fields& f, Problem& problem, audio::MusicAnalysis& music) {
  music.character.bpm = music.tempo_bpm;
  music.character.beats_per_bar = music.beats_per_bar;
  const Json* given = f.find("character");
  if (given == nullptr) return;
  const Fields character(*given, f.path("character"), problem);
  for (const auto& [name, member] : kCharacter)
    music.character.*member = character.number_or(name, -1000, 1000, 0);
}

}  // namespace

Json music_json(const audio::MusicAnalysis& music) {
  Json json;
  json["duration"] = rounded(music.duration, 1e5);
  json["frames"] = music.frames;
  json["tempo_bpm"] = rounded(music.tempo_bpm, 1e5);
  json["beats_per_bar"] = music.beats_per_bar;
  json["beat_confidence"] = rounded(music.beat_confidence, 1e3);
  Json beats = Json::array(), sections = beats;
  for (const double t : music.beats) beats.push_back(rounded(t, 1e5));
  for (const auto& s : music.sections)
    sections.push_back({{"start", rounded(s.start, 1e5)}, {"end", rounded(s.end, 1e5)}, {"label", s.label}});
  json["beats"] = std::move(beats);
  json["beat_in_bar"] = music.beat_in_bar;
  json["sections"] = std::move(sections);
  for (const auto& [name, member] : kCharacter)
    json["character"][name] = rounded(music.character.*member, 1e5);
  json["loudness"] = rounded_all(music.loudness);
  json["onset"] = rounded_all(music.onset);
  return json;
}

std::string music_to_json(const audio::MusicAnalysis& music) {
  return music_json(music).dump();
}

Result<audio::MusicAnalysis> music_from_json(const Json& json) {
  Problem problem{"", "; send what terpsi analyze --json writes"};
  const Fields f(json, "music", problem);
  audio::MusicAnalysis music;
  music.duration = f.number("duration", 0, 1e9);
  if (problem.found) return problem.error;
  if (music.duration > limits::kMaxAudioSeconds)
    return Error{ErrorCode::too_large, "the song is longer than 15 minutes; send a part of it"};
  if (music.duration < limits::kMinAudioSeconds)
    return Error{ErrorCode::empty, "the song is shorter than a second; send a longer one"};
  const double frames = std::max(1.0, std::round(music.duration * limits::kFps));
  music.frames = static_cast<std::size_t>(f.integer("frames", 1, limits::kMaxFrames));
  if (!problem.found && std::abs(static_cast<double>(music.frames) - frames) > 1)
    f.fail("frames", "must be 30 for each second of the duration");
  music.tempo_bpm = f.number("tempo_bpm", 10, 1000);
  music.beats_per_bar = static_cast<int>(f.integer("beats_per_bar", 1, 15));
  music.beat_confidence = f.number_or("beat_confidence", 0, 1, 1);
  read_beats(f, music);
  read_sections(f, problem, music);
  read_character(f, problem, music);
  music.loudness = f.numbers("loudness", music.frames, music.frames, 0, 10);
  music.onset = f.numbers("onset", music.frames, music.frames, 0, 1000);
  if (problem.found) return problem.error;
  return music;
}

}  // namespace terpsi::format
