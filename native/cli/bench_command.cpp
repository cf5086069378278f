#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "audio/count/bar_pointer.h"
#include "audio/describe/analysis.h"
#include "audio/hear/listener_input.h"
#include "base/limits.h"
#include "base/statistics.h"
#include "motion/motion_vector.h"
#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/cli/song.h"
#include "native/networks/listener.h"
#include "native/networks/models.h"
#include "native/pipeline/render.h"
#include "synth/synth.h"

namespace terpsi::native {
namespace {

struct BenchOptions {
  std::string song, json, device = "auto", against;
  ModelChoice model;
  double seconds = 180;
  int runs = 5;
};

// Seconds each run took.
struct Timing {
  const char* name;
  std::vector<double> runs;

  double median() const { return quantile(runs, 0.5); }
};

template <class Work>
double seconds_of(Work&& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

// A synthesised song of exactly this length.
Result<audio::Pcm> long_song(double seconds) {
  synth::SongSpec spec;
  const int bars = static_cast<int>(std::ceil(seconds * spec.bpm / 60 / spec.beats_per_bar));
  spec.form = {{synth::Part::intro, 4}};
  for (int done = 4, verse = 1; done < bars; done += 8, verse = 1 - verse) {
    spec.form.push_back({verse == 1 ? synth::Part::verse : synth::Part::chorus, 8});
  }
  auto song = synth::synthesize_song(spec);
  if (!song) return song.error();
  song->pcm.samples.resize(static_cast<std::size_t>(std::lround(seconds * song->pcm.sample_rate)));
  return std::move(song->pcm);
}

Result<audio::Pcm> bench_song(const BenchOptions& options) {
  if (options.song.empty()) return long_song(options.seconds);
  auto song = load_song(options.song);
  if (!song) return song.error();
  return std::move(song->pcm);
}

// Inputs of one evaluation that look like those of a dance, the same every time.
struct BenchEvaluation {
  int batch = 4;
  std::vector<float> x, t, cond, mask;
  std::vector<std::int32_t> phrase;

  generate::StepInput input() const { return {batch, x, t, cond, phrase, mask}; }
};

BenchEvaluation bench_evaluation(const manifest::ModelInfo& model) {
  BenchEvaluation out;
  std::minstd_rand random(1);
  const auto unit = [&] { return static_cast<float>(random() % 20001) / 10000.f - 1.f; };
  const auto frames = static_cast<std::size_t>(out.batch * model.window);
  out.x.resize(frames * motion::kMotionDims);
  for (float& v : out.x) v = 1.7f * unit();  // standard deviation about 1
  out.t.assign(static_cast<std::size_t>(out.batch), model.times.size() > 1 ? model.times[1] : 0.f);
  out.cond.resize(frames * static_cast<std::size_t>(model.condition_columns));
  for (float& v : out.cond) v = unit();
  if (model.masked) out.mask.assign(out.x.size(), 0.f);
  for (std::size_t i = 0; i < frames; ++i)
    out.phrase.push_back(static_cast<std::int32_t>(random() % (model.phrases.size() + 1)));
  return out;
}

void report(const BenchOptions& options, const std::string& device, double seconds,
            const std::vector<Timing>& timings) {
  std::printf("%.1f s of music, %d runs (median), %s\n", seconds, options.runs, device.c_str());
  nlohmann::ordered_json json = {{"seconds", seconds}, {"runs", options.runs}, {"device", device}};
  for (const Timing& timing : timings) {
    const double median = timing.median();
    std::printf("  %-22s %8.3f s  %8.0f x real time\n", timing.name, median, seconds / median);
    json["timings"].push_back({{"name", timing.name},
                               {"median", median},
                               {"real_time_ratio", seconds / median},
                               {"all", timing.runs}});
  }
  if (!options.json.empty()) {
    if (auto status = write_output(options.json, json.dump(1) + "\n"); !status) fail(status.error(), kExitIo);
  }
}

// The first error of any run.
Status measure_listener(const audio::Pcm& pcm, Listener& listener, std::vector<Timing>& timings) {
  Status status = ok_status();
  double network = 0, search = 0;
  timings[5].runs.push_back(seconds_of([&] {
    const auto heard = audio::spectral_features(pcm);
    if (!heard) return status = heard.error(), void();
    Result<std::vector<float>> activation = Error{ErrorCode::internal, ""};
    network = seconds_of([&] { activation = listener.activation(audio::listener_input(*heard)); });
    if (!activation) return status = activation.error(), void();
    audio::Metre metre;
    search = seconds_of([&] { metre = audio::bar_pointer(*activation, heard->duration); });
    audio::describe(*heard, std::move(metre));
  }));
  timings[6].runs.push_back(network);
  timings[7].runs.push_back(search);
  return status;
}

Status measure(const audio::Pcm& pcm, const manifest::ModelInfo& model, Generator& generator,
               std::vector<Timing>& timings) {
  Result<audio::MusicAnalysis> music = Error{ErrorCode::internal, ""};
  timings[0].runs.push_back(seconds_of([&] { music = audio::analyze(pcm); }));
  if (!music) return music.error();

  double first_window = 0;
  const auto begun = std::chrono::steady_clock::now();
  Result<Render> dance = Error{ErrorCode::internal, ""};
  const double whole = seconds_of([&] {
    dance = render(*music, model, generator, {}, [&](const RenderStep& state) {
      if (first_window == 0 && state.ready_frames > 0) {
        first_window = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      }
      return true;
    });
  });
  if (!dance) return dance.error();
  timings[1].runs.push_back(whole);
  timings[2].runs.push_back(first_window);
  timings[3].runs.push_back(timings[0].runs.back() + whole);
  return ok_status();
}

// Throughput of a whole dance, and how far the networks' answers are from those on another device.
struct Comparison {
  double seconds = 0, other_seconds = 0;  // each for one dance, medians
  double most = 0, mean = 0;              // |difference| of normalised x1 over the windows of an evaluation
};

Result<Comparison> compare_devices(const audio::Pcm& pcm, const LoadedModel& model,
                                   const BenchOptions& options, const Device& device, const Device& other) {
  const auto music = audio::analyze(pcm);
  if (!music) return music.error();
  const auto evaluation = bench_evaluation(model.info);
  std::vector<float> first;
  Comparison out;
  for (const Device* one : {&device, &other}) {
    auto generator =
        Generator::load(model.weights, model.info, {.threads = options.model.threads, .device = *one});
    if (!generator) return generator.error();
    const auto x1 = generator->run(evaluation.input());
    if (!x1) return x1.error();
    if (one == &device) {
      first.assign(x1->begin(), x1->end());
    } else {
      for (std::size_t i = 0; i < first.size(); ++i) {
        const double difference = static_cast<double>(std::abs(first[i] - (*x1)[i]));
        out.most = std::max(out.most, difference);
        out.mean += difference / static_cast<double>(first.size());
      }
    }
    Timing timing{"", {}};
    for (int run = 0; run <= options.runs; ++run) {  // the first warms up
      Result<Render> dance = Error{ErrorCode::internal, ""};
      const double took = seconds_of([&] { dance = render(*music, model.info, *generator, {}); });
      if (!dance) return dance.error();
      if (run > 0) timing.runs.push_back(took);
    }
    (one == &device ? out.seconds : out.other_seconds) = timing.median();
  }
  return out;
}

// --against: a line for the model, and JSON.
int bench_against(const BenchOptions& options, const audio::Pcm& pcm, const LoadedModel& model,
                  const Device& device) {
  const auto other = choose_device(options.against);
  if (!other) return fail(other.error(), kExitModel);
  const auto figures = compare_devices(pcm, model, options, device, *other);
  if (!figures) return fail(figures.error(), kExitModel);
  const double length = pcm.seconds();
  std::printf("%s, %.1f s of music, %d runs (median)\n", model.info.name.c_str(), length, options.runs);
  std::printf("  %-40s %8.3f s  %8.1f x real time\n", device.name.c_str(), figures->seconds,
              length / figures->seconds);
  std::printf("  %-40s %8.3f s  %8.1f x real time\n", other->name.c_str(), figures->other_seconds,
              length / figures->other_seconds);
  std::printf("  x1 differs by %.2g at most, %.2g on average (its standard deviation is 1)\n", figures->most,
              figures->mean);
  if (options.json.empty()) return kExitOk;
  const nlohmann::ordered_json json = {{"model", model.info.name},
                                       {"seconds", length},
                                       {"runs", options.runs},
                                       {"device", device.name},
                                       {"other_device", other->name},
                                       {"device_seconds", figures->seconds},
                                       {"other_seconds", figures->other_seconds},
                                       {"most_difference", figures->most},
                                       {"mean_difference", figures->mean}};
  if (auto status = write_output(options.json, json.dump(1) + "\n"); !status)
    return fail(status.error(), kExitIo);
  return kExitOk;
}

int bench(const BenchOptions& options) {
  const auto device = choose_device(options.device);
  if (!device) {
    return fail(device.error(), device.error().code == ErrorCode::unsupported ? kExitModel : kExitUsage);
  }
  const auto pcm = bench_song(options);
  if (!pcm) return fail(pcm.error(), kExitInput);
  const Models models = open_models(models_folder(options.model.folder));
  const auto model = load_model(models, options.model.name);
  if (!model) return fail(model.error(), model_exit_code(model.error()));
  if (!options.against.empty()) return bench_against(options, *pcm, *model, *device);

  std::vector<Timing> timings = {{"analysis", {}},
                                 {"generation", {}},
                                 {"first window ready", {}},
                                 {"analysis + generation", {}},
                                 {"model load", {}}};
  auto listener = load_listener(models);
  if (listener) {
    for (const char* name : {"analysis with network", "  of that: network", "  of that: bar pointer"})
      timings.push_back({name, {}});
  }
  Result<Generator> generator = Error{ErrorCode::internal, ""};
  for (int run = 0; run < options.runs; ++run) {
    timings[4].runs.push_back(seconds_of([&] {
      generator =
          Generator::load(model->weights, model->info, {.threads = options.model.threads, .device = *device});
    }));
    if (!generator) return fail(generator.error(), kExitModel);
  }
  for (int run = 0; run < options.runs; ++run) {
    if (auto status = measure(*pcm, model->info, *generator, timings); !status)
      return fail(status.error(), kExitInput);
    if (!listener) continue;
    if (auto status = measure_listener(*pcm, *listener, timings); !status)
      return fail(status.error(), kExitModel);
  }
  report(options, model->info.name + ", " + generator->description(), pcm->seconds(), timings);
  return kExitOk;
}

}  // namespace

void add_bench_command(Command& program) {
  auto options = std::make_shared<BenchOptions>();
  Command command = program.subcommand("bench", "Measure analysis and generation against real time");
  command.option("song", options->song, "Song file, or demo; without one a song is synthesised");
  command.option("--seconds", options->seconds, "Length of the synthesised song")
      .with_default()
      .between(limits::kMinAudioSeconds, limits::kMaxAudioSeconds);
  command.option("--runs", options->runs, "Runs to take the median of").with_default(1, 1000);
  add_model_options(command, options->model);
  add_device_option(command, options->device);
  command.option("--against", options->against,
                 "Only compare the device with this one: speed, and difference of the network's answers");
  command.option("--json", options->json, "Also write the figures as JSON; - for standard output");
  command.on_run([options] { return bench(*options); });
}

}  // namespace terpsi::native
