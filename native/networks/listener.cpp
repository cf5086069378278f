#include "native/networks/listener.h"

#include <utility>

#include "audio/hear/listener_input.h"

namespace terpsi::native {

Result<Listener> Listener::load(std::span<const std::uint8_t> onnx, const manifest::ListenerInfo& info,
                                int threads) {
  auto network = Network::load(
      onnx, info.name,
      {{{"input", {1, kFreeSize, audio::kListenerColumns}}}, {{"activation", {1, kFreeSize, 2}}}}, {threads});
  if (!network) return network.error();
  return Listener(std::move(*network), info);
}

Result<std::vector<float>> Listener::activation(std::span<const float> input) {
  const std::size_t rows = input.size() / audio::kListenerColumns;
  if (rows == 0 || rows % 2 != 0 || rows * audio::kListenerColumns != input.size()) {
    return Error{ErrorCode::invalid_argument, "a listener takes an even number of rows of " +
                                                  std::to_string(audio::kListenerColumns) + " columns"};
  }
  std::vector<float> out(rows * 2);
  if (auto status = network_.run(static_cast<std::int64_t>(rows), {input}, {out}); !status)
    return status.error();
  return out;
}

Result<Listener> load_listener(const Models& models, const std::string& name) {
  if (!models.listeners) return models.listeners.error();
  std::string names = "classical";
  for (const auto& info : *models.listeners) {
    names += ", " + info.name;
    if (!name.empty() && info.name != name) continue;
    const auto weights = load_weights(models.folder, info);
    if (!weights) return weights.error();
    return Listener::load(*weights, info);
  }
  return Error{ErrorCode::not_found,
               "there is no listener \"" + name + "\" in the models folder; there are: " + names};
}

}  // namespace terpsi::native
