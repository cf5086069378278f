#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/limits.h"
#include "generate/window_plan.h"
#include "motion/beat_metrics.h"
#include "motion/kinematics.h"
#include "motion/metrics.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/dance_files.h"
#include "native/cli/exit_code.h"
#include "native/cli/song.h"
#include "native/engine/models.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string dance, song, beats, style, model, models, json;
  TimeRange range;
};

constexpr std::size_t kMaxBeatsFileBytes = 4u << 20;

// Beat times of a text file: the first number of each line, # begins a comment; those in the range, relative
// to its start.
Result<std::vector<double>> read_beats(const std::string& path, TimeRange range) {
  const auto bytes = read_file(path, kMaxBeatsFileBytes);
  if (!bytes) return bytes.error();
  std::istringstream lines(std::string(bytes->begin(), bytes->end()));
  std::vector<double> beats;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    double time = 0;
    if (words >> time && time >= range.from && time < range.to) beats.push_back(time - range.from);
  }
  if (beats.empty())
    return Error{ErrorCode::empty,
                 path + " has no beat times in the chosen part; each line must begin with seconds"};
  std::sort(beats.begin(), beats.end());
  return beats;
}

Result<std::vector<double>> music_beats(const Options& options) {
  if (!options.beats.empty()) return read_beats(options.beats, options.range);
  auto heard = hear_song(options.song, options.range);
  if (!heard) return heard.error();
  return std::move(heard->music.beats);
}

// Where the model's windows begin and where the overlap with the one before ends.
std::vector<std::size_t> seams_of(std::size_t frames, const generate::ModelInfo& model) {
  const auto plan = generate::plan_windows(static_cast<int>(frames), model.window, model.overlap);
  std::vector<std::size_t> seams;
  for (int i = 1; i < plan.count; ++i) {
    for (const int at : {plan.start(i), plan.start(i) + plan.overlap / 2, plan.start(i) + plan.overlap}) {
      if (at < plan.frames) seams.push_back(static_cast<std::size_t>(at));
    }
  }
  return seams;
}

// Figures that need the model the dance was made with: seams, and the size of movement of its style's real
// clips. Left out where there is no such model or style; not_found where an option names one.
Status add_model_figures(Json& json, const Options& options, const format::Dance& dance,
                         const std::vector<motion::JointPositions>& joints) {
  const bool asked = !options.models.empty() || !options.model.empty() || !options.style.empty();
  const auto manifest = load_manifest(models_folder(options.models));
  if (!manifest) return asked ? Status(manifest.error()) : ok_status();
  const auto model = choose_model(*manifest, options.model.empty() ? dance.model_name : options.model);
  if (!model) return options.model.empty() ? ok_status() : Status(model.error());
  json["seam_jerk_ratio"] = motion::seam_jerk_ratio(joints, limits::kFps, seams_of(joints.size(), *model));
  const std::string& style = options.style.empty() ? dance.style : options.style;
  bool found = options.style.empty();
  for (const auto& known : model->styles) {
    if (known.name != style) continue;
    found = true;
    if (!(known.magnitude > 0)) continue;
    json["style"] = style;
    json["magnitude_ratio"] = json["magnitude"].get<double>() / static_cast<double>(known.magnitude);
  }
  if (found) return ok_status();
  return Error{ErrorCode::not_found,
               "the model has no style \"" + style + "\"; `terpsi models` lists those it has"};
}

Result<Json> measure(const Options& options, const format::Dance& dance, const std::vector<double>& beats) {
  const auto joints = motion::joint_positions(dance.clip);
  const auto beat = motion::beat_metrics(joints, limits::kFps, beats);
  const auto m = motion::motion_metrics(joints, limits::kFps);
  Json json = {{"duration", dance.clip.seconds()},
               {"frames", dance.clip.size()},
               {"music_beats", beat.music_beats},
               {"dance_beats", beat.dance_beats},
               {"bas", beat.score},
               {"bas_chance", beat.chance},
               {"bas_excess", beat.excess},
               {"beat_precision", beat.precision},
               {"beat_recall", beat.recall},
               {"beat_f1", beat.f1},
               {"rhythm_alignment", beat.rhythm_alignment},
               {"sync_error_s", beat.sync_error},
               {"foot_skate", m.foot_skate},
               {"foot_skate_ref", m.foot_skate_ref},
               {"skate_speed", m.skate_speed},
               {"contact", m.contact},
               {"freeze", m.freeze},
               {"magnitude", m.magnitude},
               {"jitter", m.jitter},
               {"acceleration", m.acceleration},
               {"jerk", m.jerk},
               {"pfc", m.pfc},
               {"floating", m.floating},
               {"penetration", m.penetration},
               {"bone_deviation", m.bone_deviation},
               {"symmetry", m.symmetry}};
  if (auto status = add_model_figures(json, options, dance, joints); !status) return status.error();
  return json;
}

int evaluate(const Options& options) {
  if (options.song.empty() == options.beats.empty()) {
    return fail({ErrorCode::invalid_argument, "give the music with --song, or its exact beats with --beats"},
                kExitUsage);
  }
  for (const std::string& input : {options.dance, options.song, options.beats}) {
    if (auto status = check_output(options.json, input); !status) return fail(status.error(), kExitUsage);
  }
  const auto dance = load_dance(options.dance);
  if (!dance) return fail(dance.error(), kExitInput);
  const auto beats = music_beats(options);
  if (!beats) return fail(beats.error(), kExitInput);
  const auto measured = measure(options, *dance, *beats);
  if (!measured) return fail(measured.error(), kExitUsage);
  const Json& json = *measured;
  if (!options.json.empty()) {
    if (auto status = write_output(options.json, json.dump(1) + "\n"); !status)
      return fail(status.error(), kExitIo);
  }
  if (options.json == "-") return kExitOk;
  for (const auto& [key, value] : json.items()) {
    if (value.is_number_float()) {
      std::printf("%-18s %.4f\n", key.c_str(), value.get<double>());
    } else {
      std::printf("%-18s %s\n", key.c_str(), value.dump().c_str());
    }
  }
  return kExitOk;
}

}  // namespace

void add_evaluate_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Measure a dance: beat alignment, foot skate, freezing and more");
  command->add_option("dance", options->dance, "Dance: .dance, .bvh or .json")->required();
  command->add_option("--song", options->song, "Song it was made for (file, or demo)");
  command->add_option("--beats", options->beats,
                      "Exact beats instead of a song: text, seconds first on each line");
  add_range_options(*command, options->range);
  command->add_option("--style", options->style,
                      "Style to compare the size of movement with (the dance's own by default)");
  command->add_option("--model", options->model,
                      "Model whose windows and styles count (the dance's own by default)");
  add_models_option(*command, options->models);
  command->add_option("--json", options->json, "Write the figures as JSON; - for standard output");
  command->callback([options, &exit_code] { exit_code = evaluate(*options); });
}

}  // namespace terpsi::native
