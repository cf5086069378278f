#include "native/networks/device.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "native/networks/generator.h"
#include "native/networks/gpu.h"
#include "native/networks/models.h"
#include "native/networks/provider_folder.h"
#include "native/networks/tiny_onnx.h"
#include "source_path.h"

using namespace terpsi;
using namespace terpsi::native;

namespace {

struct Evaluation {
  std::vector<float> x, t, cond, mask;
  std::vector<std::int32_t> phrase;
  int batch;

  Evaluation(const manifest::ModelInfo& model, int windows) : batch(windows) {
    const auto frames = static_cast<std::size_t>(windows * model.window);
    for (std::size_t i = 0; i < frames * 151; ++i) x.push_back(std::sin(static_cast<float>(i * i % 9973)));
    for (std::size_t i = 0; i < frames * static_cast<std::size_t>(model.condition_columns); ++i)
      cond.push_back(std::sin(static_cast<float>(i % 97)));
    t.assign(static_cast<std::size_t>(windows), 0.5f);
    if (model.masked) mask.assign(x.size(), 0);
    for (std::size_t i = 0; i < frames; ++i)
      phrase.push_back(static_cast<std::int32_t>(i * 7 % std::max<std::size_t>(1, model.phrases.size())));
  }
  generate::StepInput input() const { return {batch, x, t, cond, phrase, mask}; }
};

}  // namespace

TEST_CASE("device: unknown names are refused; known devices are usable or say why not") {
  for (const char* name : {"abacus", "", "CPU", "cuda "}) {
    const auto device = choose_device(name);
    REQUIRE_FALSE(device);
    CHECK(device.error().code == ErrorCode::invalid_argument);
  }
  for (const char* name : {"cuda", "webgpu"}) {
    const auto device = choose_device(name);
    if (device) {
      CHECK(name_of(device->kind) == name);
      continue;
    }
    CHECK(device.error().code == ErrorCode::unsupported);
    CHECK_MESSAGE(device.error().message.size() > 60, device.error().message);
  }
}

TEST_CASE("device: the CPU is always there, and auto takes the best hardware") {
  const auto cpu = choose_device("cpu");
  REQUIRE(cpu);
  CHECK(cpu->kind == DeviceKind::cpu);
  const auto best = choose_device("auto");
  REQUIRE(best);
  const auto all = list_devices();
  REQUIRE(all.size() == 3);
  CHECK(all.back().kind == DeviceKind::cpu);
  CHECK(all.back().usable);
  DeviceKind wanted = DeviceKind::cpu;
  for (auto report = all.rbegin(); report != all.rend(); ++report) {
    if (report->usable && !report->software) wanted = report->kind;
    if (!report->usable || report->software) CHECK(report->reason.size() > 20);
  }
  CHECK(best->kind == wanted);
  CHECK(best->why.empty() == (wanted == DeviceKind::cuda));
}

TEST_CASE("device: providers are looked for beside ONNX Runtime") {
  CHECK(std::filesystem::exists(provider_folder() + "/libonnxruntime.so.1"));
}

TEST_CASE("device: drivers report names or a reason") {
  for (const auto& gpus : {cuda_gpus(), vulkan_gpus()}) {
    if (!gpus) {
      CHECK(gpus.error().code == ErrorCode::unsupported);
      CHECK(gpus.error().message.size() > 20);
      continue;
    }
    REQUIRE_FALSE(gpus->empty());
    for (const Gpu& gpu : *gpus) CHECK_FALSE(gpu.name.empty());
  }
}

TEST_CASE("device: loading a network on an unusable device is refused with a reason") {
  manifest::ModelInfo model;
  model.name = "tiny";
  model.window = 8;
  model.condition_columns = 12;
  for (const DeviceReport& report : list_devices()) {
    if (report.usable) continue;
    const auto generator =
        Generator::load(test::TinyNetwork().onnx(), model, {.device = {report.kind, report.name, {}}});
    REQUIRE_FALSE(generator);
    CHECK(generator.error().code == ErrorCode::unsupported);
    CHECK(generator.error().message.find("--device cpu") != std::string::npos);
  }
}

TEST_CASE("device: every device computes what the CPU does") {
  const auto model = load_model(open_models(terpsi::project::source_path("models")), "student");
  REQUIRE_MESSAGE(model, model.error().message);
  const Evaluation evaluation(model->info, 2);
  auto cpu = Generator::load(model->weights, model->info, {.max_batch = 2});
  REQUIRE(cpu);
  const auto wanted = cpu->run(evaluation.input());
  REQUIRE(wanted);
  int others = 0;
  for (const DeviceReport& report : list_devices()) {
    if (!report.usable || report.kind == DeviceKind::cpu) continue;
    CAPTURE(report.name);
    auto generator = Generator::load(model->weights, model->info,
                                     {.max_batch = 2, .device = {report.kind, report.name, {}}});
    REQUIRE_MESSAGE(generator, generator.error().message);
    CHECK(generator->description().find(report.name) == 0);
    const auto x1 = generator->run(evaluation.input());
    REQUIRE_MESSAGE(x1, x1.error().message);
    float most = 0;
    for (std::size_t i = 0; i < x1->size(); ++i) most = std::max(most, std::abs((*x1)[i] - (*wanted)[i]));
    CHECK(most < 0.01f);
    ++others;
  }
  if (others == 0) MESSAGE("this machine has no other device than its CPU");
}
