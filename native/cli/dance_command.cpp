#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "format/export_table.h"
#include "generate/plan/section_styles.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/progress.h"
#include "native/cli/song.h"
#include "native/io/dance_files.h"
#include "native/networks/models.h"
#include "native/pipeline/constraints_json.h"
#include "native/pipeline/phrase_corpus.h"
#include "native/pipeline/render.h"
#include "native/pipeline/render_graph.h"

namespace terpsi::native {
namespace {

constexpr const char* kGraphModel = "graph";  // recorded phrases, no network

struct DanceOptions {
  std::string song, out, device = "auto", corpus, section_styles, constraints;
  std::string listener = kAutoListener;
  Device run_on;
  ModelChoice model;
  TimeRange range;
  RenderOptions render;
  bool quiet = false;
};

// Where dancer k (0 is the first) is written: x.bvh, x-2.bvh, x-3.bvh ...
std::string path_of_dancer(const std::string& out, int k) {
  if (k == 0) return out;
  const std::filesystem::path path(out);
  const std::string name = path.stem().string() + "-" + std::to_string(k + 1) + path.extension().string();
  return (path.parent_path() / name).string();
}

// Also takes apart what is not a plain value.
Status check_options(DanceOptions& options) {
  auto device = choose_device(options.device);
  if (!device) return device.error();
  options.run_on = std::move(*device);
  const bool graph = options.model.name == kGraphModel;
  if (graph != !options.corpus.empty()) {
    return Error{ErrorCode::invalid_argument, "--model graph and --corpus FILE.npz go together; give both"};
  }
  const RenderOptions& render = options.render;
  if (graph && (render.steps != 0 || render.guidance || render.candidates != 1)) {
    return Error{ErrorCode::invalid_argument,
                 "--steps, --guidance and --candidates are for networks; omit them with --model graph"};
  }
  if (!options.section_styles.empty()) {
    auto styles = generate::parse_section_styles(options.section_styles);
    if (!styles) return styles.error();
    options.render.dance.section_styles = std::move(*styles);
  }
  if (auto status = check_dance_path(options.out); !status) return status;
  for (int k = 0; k < options.render.troupe.dancers; ++k) {
    auto status = check_output(path_of_dancer(options.out, k), options.song);
    if (!status) return status;
  }
  return ok_status();
}

// What best of K decided: the points of the candidate kept in each stretch, and of all that were drawn.
void print_choices(const std::vector<generate::Choice>& choices) {
  for (const generate::Choice& choice : choices) {
    std::string all;
    for (std::size_t k = 0; k < choice.figures.size(); ++k) {
      char text[40];
      const bool kept = static_cast<int>(k) == choice.candidate;
      std::snprintf(text, sizeof text, kept ? " [%.1f]" : " %.1f",
                    generate::candidate_score(choice.figures[k]));
      all += text;
    }
    std::fprintf(stderr, "  %6.1f to %.1f s: points%s\n", static_cast<double>(choice.start) / limits::kFps,
                 static_cast<double>(choice.end) / limits::kFps, all.c_str());
  }
}

// What a render came to: the dance in its file, or the reason why not.
int save(const DanceOptions& options, const HeardSong& heard, const manifest::ModelInfo& model,
         Result<Render> rendered, ProgressReport& progress) {
  if (!rendered) {
    const bool of_options =
        rendered.error().code == ErrorCode::not_found || rendered.error().code == ErrorCode::invalid_argument;
    return fail(rendered.error(), of_options ? kExitUsage : kExitModel);
  }
  if (!options.quiet) print_choices(rendered->choices);
  format::Dance made = provenance(heard.music, model, options.render.dance, rendered->condition);
  made.title = title_of(options.song);
  for (int k = static_cast<int>(rendered->others.size()); k >= 0; --k) {
    made.clip = std::move(k == 0 ? rendered->clip : rendered->others[static_cast<std::size_t>(k - 1)]);
    if (auto status = save_dance(path_of_dancer(options.out, k), made); !status)
      return fail(status.error(), kExitIo);
  }
  char text[200];
  std::snprintf(text, sizeof text, ": %.1f s of %s at %.0f beats per minute, seed %llu", made.clip.seconds(),
                made.style.c_str(), heard.music.tempo_bpm, static_cast<unsigned long long>(made.seed));
  std::string why;
  if (options.render.dance.style == "auto") {
    why = "\n  auto: " + made.style + " (" + rendered->condition.style_reason + ")";
  }
  progress.finish(options.out + text + why);
  return heard.song.warning.empty() ? kExitOk : kExitDamaged;
}

// A dance of recorded phrases, without a network: --model graph.
int dance_graph(const DanceOptions& options, const HeardSong& heard, ProgressReport& progress) {
  const auto file = load_corpus(options.corpus);
  if (!file) return fail(file.error(), kExitModel);
  auto model = generate::graph_model(file->corpus);
  model.sha256 = file->sha256;
  progress.stage("dancing");
  return save(options, heard, model, render_graph(heard.music, file->corpus, model, options.render),
              progress);
}

int dance(DanceOptions& options) {
  if (auto status = check_options(options); !status) {
    return fail(status.error(), status.error().code == ErrorCode::unsupported ? kExitModel : kExitUsage);
  }
  if (!options.constraints.empty()) {
    auto constraints = load_constraints(options.constraints);
    if (!constraints) return fail(constraints.error(), kExitInput);
    options.render.constraints = std::move(*constraints);
  }
  ProgressReport progress(options.quiet);

  // The song first: most mistakes are about it.
  interrupted();
  progress.stage("listening");
  const Models models = open_models(models_folder(options.model.folder));
  const auto heard = hear_song(options.song, options.range, models, options.listener);
  if (!heard) return fail(heard.error(), kExitInput);
  if (interrupted()) return kExitCancelled;

  progress.stage("loading the model");
  if (options.model.name == kGraphModel) return dance_graph(options, *heard, progress);
  const auto model = load_model(models, options.model.name);
  if (!model) return fail(model.error(), model_exit_code(model.error()));
  auto generator = Generator::load(model->weights, model->info,
                                   {.threads = options.model.threads, .device = options.run_on});
  if (!generator) return fail(generator.error(), kExitModel);

  progress.stage("dancing");
  auto rendered = render(heard->music, model->info, *generator, options.render, [&](const RenderStep& state) {
    progress.update(state.progress);
    return !interrupted();
  });
  return save(options, *heard, model->info, std::move(rendered), progress);
}

void add_network_options(Command& command, RenderOptions& render) {
  command
      .option("--steps", render.steps,
              "Network evaluations of each window, 1 to " + std::to_string(limits::kMaxSamplerSteps) +
                  " [as the model says]")
      .in_range(1, static_cast<int>(limits::kMaxSamplerSteps));
  command
      .option("--guidance", render.guidance,
              "How strictly to dance what is asked for; 1 is as learned, and fastest [as the model says]")
      .between(0, limits::kMaxGuidance);
  command
      .option("--candidates", render.candidates, "Dances to draw of every section, to keep the best of each")
      .with_default(1, limits::kMaxCandidates);
}

void add_troupe_options(Command& command, generate::TroupeOptions& troupe) {
  using generate::Formation, generate::Layout;
  command
      .option("--dancers", troupe.dancers, "Dancers; the second and further ones go to x-2.bvh, x-3.bvh, ...")
      .with_default(1, limits::kMaxDancers);
  command.choice<Formation>(
      "--formation", troupe.formation,
      {{"unison", Formation::unison}, {"mirror", Formation::mirror}, {"canon", Formation::canon}},
      "All alike, every second mirrored, or one after the other [unison]");
  command.choice<Layout>("--layout", troupe.layout, {{"line", Layout::line}, {"wedge", Layout::wedge}},
                         "Where they stand [wedge]");
  command.option("--spacing", troupe.spacing, "Metres between neighbours, at least")
      .with_default()
      .between(limits::kMinSpacing, limits::kMaxSpacing);
  command.option("--canon-beats", troupe.canon_beats, "Beats from one dancer of a canon to the next")
      .with_default(1, 16);
}

}  // namespace

void add_dance_command(Command& program) {
  auto options = std::make_shared<DanceOptions>();
  auto& render = options->render;
  Command command = program.subcommand("dance", "Make a dance to a song");
  command.option("song", options->song, "Song file (WAV, FLAC, Ogg, Opus, MP3, MIDI), or demo").required();
  command.option("-o,--output", options->out, "Dance to write: " + format::extension_list()).required();
  add_listener_option(command, options->listener);
  command.option("--style", render.dance.style, "Style by name (see terpsi models), or auto to fit the song")
      .with_default();
  command
      .option("--seed", render.dance.seed, "Another number, another dance; the same number, the same dance")
      .with_default();
  command.option("--energy", render.dance.energy, "How big to dance, 0 to 1").with_default().between(0, 1);
  command
      .option("--variation", render.dance.variation,
              "How much of a section is danced anew when it returns, 0 to 1")
      .with_default()
      .between(0, 1);
  command.option("--section-styles", options->section_styles,
                 "Other styles for parts of the song: intro=hiphop,A=house,chorus=salsa,1:30-end=pop");
  command.flag("!--no-opening", render.dance.opening, "Dance from the first moment on, without standing");
  command.flag("!--no-ending", render.dance.ending, "Dance to the last moment, without a final pose");
  command.option("--constraints", options->constraints,
                 "Poses to strike, dances to keep, a path to follow: a JSON file, see docs/constraints.md");
  add_network_options(command, render);
  add_troupe_options(command, render.troupe);
  add_range_options(command, options->range);
  command.choice<motion::FootLock>("--foot-lock", render.finish.foot_lock,
                                   {{"off", motion::FootLock::off},
                                    {"auto", motion::FootLock::automatic},
                                    {"always", motion::FootLock::always}},
                                   "Keep planted feet still [auto]");
  add_device_option(command, options->device);
  add_model_options(command, options->model);
  command.option("--corpus", options->corpus,
                 "Recorded phrases to dance with --model graph (.npz of tools/train/build_corpus.py)");
  command.flag("-q,--quiet", options->quiet, "No progress on standard error");
  command.on_run([options] { return dance(*options); });
}

}  // namespace terpsi::native
