#include "native/networks/device.h"

#include <array>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <mutex>

#include "native/networks/gpu.h"
#include "native/networks/provider_folder.h"
#include "native/networks/providers.h"

namespace terpsi::native {
namespace {

constexpr const char* kCudaProvider = "libonnxruntime_providers_cuda.so";
constexpr const char* kSoftware =
    "there is only a software renderer in place of a GPU, slower than the CPU itself; "
    "--device webgpu uses it nevertheless";

// y = x + x of four numbers, as ONNX (operator set 13).
constexpr std::array<std::uint8_t, 61> kTrialNetwork = {
    0x08, 0x08, 0x42, 0x02, 0x10, 0x0d, 0x3a, 0x35,  // model: version, opset, graph
    0x0a, 0x0e, 0x0a, 1,    'x',  0x0a, 1,    'x',  0x12, 1,    'y', 0x22, 3,    'A',  'd',  'd',  // node
    0x12, 1,    'g',                                                                               // name
    0x5a, 0x0f, 0x0a, 1,    'x',  0x12, 0x0a, 0x0a, 0x08, 0x08, 1,   0x12, 0x04, 0x0a, 0x02, 0x08, 0x04,
    0x62, 0x0f, 0x0a, 1,    'y',  0x12, 0x0a, 0x0a, 0x08, 0x08, 1,   0x12, 0x04, 0x0a, 0x02, 0x08, 0x04};

// ONNX Runtime's message without the source location and the failed condition that some begin with.
std::string plain_reason(std::string text) {
  for (char& c : text) c = c >= ' ' && c <= '~' ? c : ' ';
  constexpr std::string_view kCondition = " was false. ";
  if (const auto at = text.rfind(kCondition); at != std::string::npos) text.erase(0, at + kCondition.size());
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text.empty() ? "it does not start" : text;
}

// Empty when a small network runs there and its results are right, else what went wrong.
std::string try_device(DeviceKind kind) {
  try {
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    append_provider(options, kind);
    Ort::Session session(ort_environment(), kTrialNetwork.data(), kTrialNetwork.size(), options);
    std::array<float, 4> x = {1, -2, 3.5f, 0}, y = {};
    const std::int64_t shape = 4;
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    const Ort::Value in = Ort::Value::CreateTensor<float>(memory, x.data(), x.size(), &shape, 1);
    Ort::Value out = Ort::Value::CreateTensor<float>(memory, y.data(), y.size(), &shape, 1);
    const char *in_name = "x", *out_name = "y";
    session.Run(Ort::RunOptions{nullptr}, &in_name, &in, 1, &out_name, &out, 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (y[i] != 2 * x[i]) return "its results are wrong";
    }
    return {};
  } catch (const std::exception& error) {
    return plain_reason(error.what());
  }
}

// What the drivers report of a device, without probing it: `reason` is empty where it may be usable.
DeviceReport find_cuda() {
  DeviceReport report{DeviceKind::cuda, "CUDA", false, false, {}};
  const auto gpus = cuda_gpus();
  if (!gpus) {
    report.reason = gpus.error().message;
    return report;
  }
  report.name = "CUDA (" + gpus->front().name + ")";
  std::error_code error;
  if (!std::filesystem::exists(provider_folder() + "/" + kCudaProvider, error)) {
    report.reason = std::string(kCudaProvider) + " is not in " + provider_folder() +
                    "; put ONNX Runtime's CUDA provider there, or name its folder in " + kProvidersVariable +
                    " (see docs/devices.md)";
  }
  return report;
}

DeviceReport find_webgpu() {
  DeviceReport report{DeviceKind::webgpu, "WebGPU", false, false, {}};
  const auto gpus = vulkan_gpus();
  if (!gpus) {
    report.reason = gpus.error().message;
    return report;
  }
  report.name = "WebGPU (" + gpus->front().name + ")";
  report.software = gpus->front().software;
  return report;
}

const std::vector<DeviceReport>& found_devices() {
  static const std::vector<DeviceReport> devices = {find_cuda(), find_webgpu(),
                                                    DeviceReport{DeviceKind::cpu, "CPU", true, false, {}}};
  return devices;
}

DeviceReport tried(DeviceReport report) {
  if (report.kind == DeviceKind::cpu || !report.reason.empty()) return report;
  report.reason = try_device(report.kind);
  report.usable = report.reason.empty();
  if (report.usable && report.software) report.reason = kSoftware;
  return report;
}

const DeviceReport& tried_device(std::size_t index) {
  static std::array<std::once_flag, 3> once;
  static std::array<DeviceReport, 3> reports;
  std::call_once(once[index], [&] { reports[index] = tried(found_devices()[index]); });
  return reports[index];
}

// Whether the system has a device file of a GPU of any vendor.
bool has_gpu() {
  std::error_code error;
  for (const char* file : {"/dev/nvidiactl", "/dev/dxg", "/dev/kfd"}) {
    if (std::filesystem::exists(file, error)) return true;
  }
  for (std::filesystem::directory_iterator it("/dev/dri", error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename().string().starts_with("renderD")) return true;
  }
  return false;
}

}  // namespace

std::string_view name_of(DeviceKind kind) {
  return kind == DeviceKind::cuda ? "cuda" : kind == DeviceKind::webgpu ? "webgpu" : "cpu";
}

Ort::Env& ort_environment() {
  static Ort::Env* const environment = [] {
    // Otherwise ONNX Runtime keeps an identifier of the machine in the user's cache folder, and reports.
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    return new Ort::Env(ORT_LOGGING_LEVEL_FATAL, "terpsi");
  }();
  return *environment;
}

void append_provider(Ort::SessionOptions& options, DeviceKind kind) {
  ort_environment();  // providers log from the start
  switch (kind) {
    case DeviceKind::cuda: {
      OrtCUDAProviderOptionsV2* cuda = nullptr;
      Ort::ThrowOnError(Ort::GetApi().CreateCUDAProviderOptions(&cuda));
      const char *key = "use_tf32", *value = "0";  // as exact as on the CPU
      OrtStatus* status = Ort::GetApi().UpdateCUDAProviderOptions(cuda, &key, &value, 1);
      if (status == nullptr)
        status = Ort::GetApi().SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda);
      Ort::GetApi().ReleaseCUDAProviderOptions(cuda);
      Ort::ThrowOnError(status);
      return;
    }
    case DeviceKind::webgpu:
      options.AppendExecutionProvider("WebGPU", {{"powerPreference", "high-performance"}});
      return;
    case DeviceKind::cpu:
      return;  // is always there
  }
}

std::vector<DeviceReport> list_devices() {
  std::vector<DeviceReport> devices;
  for (std::size_t i = 0; i < found_devices().size(); ++i) devices.push_back(tried_device(i));
  return devices;
}

Result<Device> choose_device(std::string_view name) {
  if (name == name_of(DeviceKind::cpu)) return Device{};  // without asking any driver
  if (name == "auto") {
    // Loading drivers takes time, and they print to standard error.
    if (!has_gpu()) return Device{DeviceKind::cpu, "CPU", "This machine shows no GPU"};
    std::string why;
    for (std::size_t i = 0;; ++i) {
      const DeviceReport& found = found_devices()[i];
      // A software renderer is not even probed.
      const DeviceReport& report = found.software ? found : tried_device(i);
      if (report.usable) return Device{report.kind, report.name, why};
      why += (why.empty() ? "" : ". ") + ("No " + std::string(name_of(report.kind))) + ": " +
             (found.software ? kSoftware : report.reason);
    }
  }
  for (std::size_t i = 0; i < found_devices().size(); ++i) {
    if (name != name_of(found_devices()[i].kind)) continue;
    const DeviceReport& report = tried_device(i);
    if (report.usable) return Device{report.kind, report.name, {}};
    return Error{ErrorCode::unsupported, "the device " + std::string(name) + " cannot be used here: " +
                                             report.reason + "; or use --device cpu"};
  }
  return Error{ErrorCode::invalid_argument,
               "there is no device \"" + std::string(name) + "\"; use --device auto, cuda, webgpu or cpu"};
}

}  // namespace terpsi::native
