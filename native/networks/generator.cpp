#include "native/networks/generator.h"

#include <utility>

#include "motion/motion_vector.h"
#include "native/networks/provider_folder.h"

namespace terpsi::native {
namespace {

// As manifest/model_info.h says.
NetworkContract contract_of(const manifest::ModelInfo& model) {
  const std::int64_t dims = motion::kMotionDims, window = model.window;
  NetworkContract contract{{{"x", {kFreeSize, window, dims}},
                            {"t", {kFreeSize}},
                            {"cond", {kFreeSize, window, model.condition_columns}},
                            {"phrase", {kFreeSize, window}, Element::int32}},
                           {{"x1", {kFreeSize, window, dims}}}};
  if (model.masked) contract.inputs.push_back({"mask", {kFreeSize, window, dims}});
  return contract;
}

std::string describe(const GeneratorOptions& options) {
  std::string text = options.device.name;
  if (options.device.kind == DeviceKind::cpu)
    text += ", " + std::to_string(options.threads) + (options.threads == 1 ? " thread" : " threads");
  return text + ", ONNX Runtime " + onnx_runtime_version();
}

}  // namespace

Result<Generator> Generator::load(std::span<const std::uint8_t> onnx, const manifest::ModelInfo& model,
                                  const GeneratorOptions& options) {
  if (model.window < 1 || model.condition_columns < 1 || options.threads < 1 || options.max_batch < 1) {
    return Error{ErrorCode::invalid_argument,
                 "the model's window and condition columns, threads and batch must be positive"};
  }
  auto network = Network::load(onnx, model.name, contract_of(model), {options.threads, options.device});
  if (!network) return network.error();
  Generator generator(std::move(*network));
  generator.x1_.resize(static_cast<std::size_t>(options.max_batch * model.window) * motion::kMotionDims);
  generator.window_ = model.window;
  generator.masked_ = model.masked;
  generator.max_batch_ = options.max_batch;
  generator.description_ = describe(options);
  return generator;
}

Result<std::span<const float>> Generator::run(const generate::StepInput& input) {
  if (input.batch < 1 || input.batch > max_batch_ || input.mask.empty() == masked_)
    return Error{ErrorCode::invalid_argument, "the generator takes 1 to " + std::to_string(max_batch_) +
                                                  " windows, and a mask where the model has one"};
  const auto x1 = std::span(x1_).first(static_cast<std::size_t>(input.batch * window_) * motion::kMotionDims);
  std::vector<InputTensor> inputs = {input.x, input.t, input.cond, input.phrase};
  if (masked_) inputs.push_back(input.mask);
  if (auto status = network_.run(input.batch, inputs, {x1}); !status) return status.error();
  return std::span<const float>(x1);
}

}  // namespace terpsi::native
