#include <cstdio>
#include <memory>

#include "native/cli/commands.h"
#include "native/cli/common.h"
#include "native/cli/exit_code.h"
#include "native/networks/models.h"

namespace terpsi::native {
namespace {

int list_models(const std::string& given) {
  const std::string folder = models_folder(given);
  const Models models = open_models(folder);
  if (!models.generators) return fail(models.generators.error(), kExitModel);
  int exit_code = kExitOk;
  for (const auto& model : models.generators->models) {
    const auto weights = load_weights(folder, model);
    std::printf("%s  (%s, %.1f MB, licence %s)\n", model.name.c_str(), model.role.c_str(),
                static_cast<double>(model.bytes) / 1e6, model.licence.c_str());
    std::printf("  file    %s/%s, %s\n", folder.c_str(), model.file.c_str(),
                weights ? "intact" : weights.error().message.c_str());
    std::printf("  sha256  %s\n", model.sha256.c_str());
    std::printf("  window  %d frames, %zu network evaluations each, %zu phrases%s\n", model.window,
                model.times.size() * (model.guidance == 1.f ? 1 : 2), model.phrases.size(),
                model.masked ? ", leads up to constraints" : "");
    std::printf("  styles ");
    for (const auto& style : model.styles) std::printf(" %s", style.name.c_str());
    std::printf("\n");
    if (!weights) exit_code = kExitModel;
  }
  if (!models.listeners) return fail(models.listeners.error(), kExitModel);
  for (const auto& listener : *models.listeners) {
    const auto weights = load_weights(folder, listener);
    std::printf("%s  (%s, %.1f MB, licence %s)\n", listener.name.c_str(), listener.role.c_str(),
                static_cast<double>(listener.bytes) / 1e6, listener.licence.c_str());
    std::printf("  file    %s/%s, %s\n", folder.c_str(), listener.file.c_str(),
                weights ? "intact" : weights.error().message.c_str());
    if (!weights) exit_code = kExitModel;
  }
  return exit_code;
}

}  // namespace

void add_models_command(Command& program) {
  auto folder = std::make_shared<std::string>();
  Command command = program.subcommand("models", "List the models and their styles, and check their files");
  add_models_option(command, *folder);
  command.on_run([folder] { return list_models(*folder); });
}

}  // namespace terpsi::native
