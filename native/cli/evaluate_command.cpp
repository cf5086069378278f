#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/limits.h"
#include "generate/sample/window_plan.h"
#include "measure/metrics.h"
#include "motion/kinematics.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/song.h"
#include "native/evaluate/evaluate_sets.h"
#include "native/evaluate/figures.h"
#include "native/evaluate/recording.h"
#include "native/evaluate/sets_table.h"
#include "native/evaluate/style_figures.h"
#include "native/io/dance_files.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;

struct EvaluateOptions {
  std::string dance, song, beats, style, model, models, json, paired;
  std::string listener = kAutoListener;
  TimeRange range;
  SetsOptions sets;
};

struct Music {
  std::vector<double> beats;
  std::vector<audio::Section> sections;  // empty: unknown
};

Result<Music> music_of(const EvaluateOptions& options, const Models& models) {
  if (!options.beats.empty()) {
    auto beats = read_beats(options.beats, options.range.from, options.range.to);
    if (!beats) return beats.error();
    return Music{std::move(*beats), {}};
  }
  auto heard = hear_song(options.song, options.range, models, options.listener);
  if (!heard) return heard.error();
  return Music{std::move(heard->music.beats), std::move(heard->music.sections)};
}

// Where the model's windows begin and where the overlap with the one before ends.
std::vector<std::size_t> seams_of(std::size_t frames, const manifest::ModelInfo& model) {
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
Status add_model_figures(Json& json, const EvaluateOptions& options, const Models& models,
                         const format::Dance& dance, const std::vector<motion::JointPositions>& joints) {
  const bool asked = !options.models.empty() || !options.model.empty() || !options.style.empty();
  if (!models.generators) return asked ? Status(models.generators.error()) : ok_status();
  const auto model =
      choose_model(*models.generators, options.model.empty() ? dance.model_name : options.model);
  if (!model) return options.model.empty() ? ok_status() : Status(model.error());
  json["seam_jerk_ratio"] = measure::seam_jerk_ratio(joints, limits::kFps, seams_of(joints.size(), *model));
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

Result<Json> measure(const EvaluateOptions& options, const Models& models, const format::Dance& dance,
                     const Music& music, const Stretch* real) {
  const auto joints = motion::joint_positions(dance.clip);
  Json json = {{"duration", dance.clip.seconds()}, {"frames", dance.clip.size()}};
  const Measured measured = measure_motion(joints, dance.clip.frames, &music.beats, music.sections);
  json.update(figures_of(measured));
  if (measured.limits) json["joint_limits_by_joint"] = limits_by_joint(*measured.limits);
  if (real != nullptr) json["mae"] = measure::paired_error(joints, real->joints);
  if (auto status = add_model_figures(json, options, models, dance, joints); !status) return status.error();
  auto recogniser = find_recogniser(models);
  if (!recogniser) return recogniser.error();
  if (*recogniser) {
    const Stretch whole{0, joints, {}};
    const auto figures = style_figures(**recogniser, std::span(&whole, 1),
                                       options.style.empty() ? dance.style : options.style);
    if (!figures) return figures.error();
    json.update(*figures);
  }
  return json;
}

// Writes the JSON where it was asked for; prints `text` unless that was standard output.
int report(const EvaluateOptions& options, const Json& json, const std::string& text) {
  if (!options.json.empty()) {
    if (auto status = write_output(options.json, json.dump(1) + "\n"); !status)
      return fail(status.error(), kExitIo);
  }
  if (options.json != "-") std::fputs(text.c_str(), stdout);
  return kExitOk;
}

int evaluate_many(const EvaluateOptions& options) {
  if (!options.dance.empty() || !options.song.empty() || !options.beats.empty()) {
    return fail({ErrorCode::invalid_argument,
                 "--set measures folders; a single dance is measured without it, with --song or --beats"},
                kExitUsage);
  }
  if (auto status = check_output(options.json, options.sets.reference_styles); !status)
    return fail(status.error(), kExitUsage);
  const auto json = evaluate_sets(options.sets, open_models(models_folder(options.models)));
  if (!json)
    return fail(json.error(), json.error().code == ErrorCode::invalid_argument ? kExitUsage : kExitInput);
  return report(options, *json, sets_table(*json));
}

int evaluate_one(const EvaluateOptions& options) {
  if (options.dance.empty())
    return fail({ErrorCode::invalid_argument, "give a dance, or sets of dances with --set NAME=FOLDER"},
                kExitUsage);
  if (!options.sets.reference.empty() || !options.sets.reference_styles.empty())
    return fail({ErrorCode::invalid_argument, "--reference and --reference-styles need --set"}, kExitUsage);
  if (options.song.empty() == options.beats.empty()) {
    return fail({ErrorCode::invalid_argument, "give the music with --song, or its exact beats with --beats"},
                kExitUsage);
  }
  for (const std::string& input : {options.dance, options.song, options.beats}) {
    if (auto status = check_output(options.json, input); !status) return fail(status.error(), kExitUsage);
  }
  const auto dance = load_dance(options.dance);
  if (!dance) return fail(dance.error(), kExitInput);
  const Models models = open_models(models_folder(options.models));
  const auto music = music_of(options, models);
  if (!music) return fail(music.error(), kExitInput);
  std::optional<Stretch> real;
  if (!options.paired.empty()) {
    auto recording = load_recording(options.paired);
    if (!recording) return fail(recording.error(), kExitInput);
    real = std::move(recording->stretches.front());
    if (real->from != 0 || recording->stretches.size() > 1)
      return fail({ErrorCode::bad_format, options.paired + " has bad frames and cannot be a pair"},
                  kExitInput);
  }
  const auto measured = measure(options, models, *dance, *music, real ? &*real : nullptr);
  if (!measured) return fail(measured.error(), kExitUsage);
  const Json& json = *measured;
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (value.is_object()) continue;  // for the JSON only
    char line[160];
    if (value.is_number_float())
      std::snprintf(line, sizeof line, "%-26s %.4f", key.c_str(), value.get<double>());
    else
      std::snprintf(line, sizeof line, "%-26s %s", key.c_str(), value.dump().c_str());
    text += line + describe_metric(key) + "\n";
  }
  return report(options, json, text);
}

}  // namespace

void add_evaluate_command(Command& program) {
  auto options = std::make_shared<EvaluateOptions>();
  Command command = program.subcommand(
      "evaluate", "Measure a dance, or sets of dances: beats, foot skate, freezing, variety");
  command.option("dance", options->dance, "Dance: .dance, .bvh or .json");
  command.option("--song", options->song, "Song it was made for (file, or demo)");
  command.option("--beats", options->beats,
                 "Exact beats instead of a song: text, seconds first on each line");
  add_range_options(command, options->range);
  command.option("--style", options->style,
                 "Style to compare the size of movement with (the dance's own by default)");
  command.option("--model", options->model,
                 "Model whose windows and styles count (the dance's own by default)");
  add_models_option(command, options->models);
  add_listener_option(command, options->listener);
  command.option("--json", options->json, "Write the figures as JSON; - for standard output");
  command.option("--paired", options->paired,
                 "The real dance to the same music (a folder of them with --set): mean joint error");
  command
      .option("--set", options->sets.sets,
              "NAME=FOLDER: a set of dances (.dance, .bvh, .npz) to sum up; may be given again")
      .one_value_each();
  command.option("--reference", options->sets.reference,
                 "Folder of real clips that sets are compared with (FID, variety, novelty)");
  command.option("--reference-styles", options->sets.reference_styles,
                 "JSON object of the clips' names and styles, for the size of movement by style");
  command.option("--segment", options->sets.segment, "Seconds of motion to a row of features").with_default();
  command.on_run([options] {
    if (options->sets.sets.empty()) return evaluate_one(*options);
    options->sets.paired = options->paired;
    return evaluate_many(*options);
  });
}

}  // namespace terpsi::native
