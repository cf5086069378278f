#include "native/engine/device.h"

#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <exception>
#include <filesystem>

#include "native/engine/gpu.h"
#include "native/engine/providers.h"

namespace terpsi::native {
namespace {

constexpr const char* kCudaProvider = "libonnxruntime_providers_cuda.so";

// y = x + x of four numbers, as ONNX (operator set 13).
constexpr std::array<std::uint8_t, 61> kTrialNetwork = {
    0x08, 0x08, 0x42, 0x02, 0x10, 0x0d, 0x3a, 0x35,  // model: version, opset, graph
    0x0a, 0x0e, 0x0a, 1,    'x',  0x0a, 1,    'x',  0x12, 1,    'y', 0x22, 3,    'A',  'd',  'd',  // node
    0x12, 1,    'g',                                                                               // name
    0x5a, 0x0f, 0x0a, 1,    'x',  0x12, 0x0a, 0x0a, 0x08, 0x08, 1,   0x12, 0x04, 0x0a, 0x02, 0x08, 0x04,
    0x62, 0x0f, 0x0a, 1,    'y',  0x12, 0x0a, 0x0a, 0x08, 0x08, 1,   0x12, 0x04, 0x0a, 0x02, 0x08, 0x04};

// "" when a small network runs there and computes rightly, else what went wrong.
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
      if (y[i] != 2 * x[i]) return "it computes wrongly";
    }
    return {};
  } catch (const std::exception& error) {
    std::string why = error.what();
    for (char& c : why) c = c >= ' ' && c <= '~' ? c : ' ';
    return why.empty() ? "it does not start" : why;
  }
}

std::string title(const std::string& kind, const std::vector<Gpu>& gpus) {
  std::string text = kind + " (" + gpus.front().name;
  if (gpus.size() > 1) text += " and " + std::to_string(gpus.size() - 1) + " more";
  return text + ")";
}

DeviceReport cuda_report() {
  DeviceReport report{DeviceKind::cuda, "CUDA", false, false, {}};
  const auto gpus = cuda_gpus();
  if (!gpus) {
    report.reason = gpus.error().message;
    return report;
  }
  report.name = title("CUDA", {gpus->front()});  // the first is the one that is used
  std::error_code error;
  if (!std::filesystem::exists(provider_folder() + "/" + kCudaProvider, error)) {
    report.reason = std::string(kCudaProvider) + " is not in " + provider_folder() +
                    "; put ONNX Runtime's CUDA provider there, or name its folder in TERPSI_PROVIDERS (see "
                    "docs/devices.md)";
    return report;
  }
  report.reason = try_device(report.kind);
  report.usable = report.reason.empty();
  return report;
}

DeviceReport webgpu_report() {
  DeviceReport report{DeviceKind::webgpu, "WebGPU", false, false, {}};
  const auto gpus = vulkan_gpus();
  if (!gpus) {
    report.reason = gpus.error().message;
    return report;
  }
  report.name = title("WebGPU", {gpus->front()});
  report.reason = try_device(report.kind);
  report.usable = report.reason.empty();
  report.software = report.usable && gpus->front().software;
  if (report.software) {
    report.reason =
        gpus->front().name +
        " is no GPU but software that plays one, slower than the CPU itself; --device webgpu uses "
        "it all the same";
  }
  return report;
}

// Found out once, when first asked: drivers take their time, and say things on standard error.
const DeviceReport& report_of(DeviceKind kind) {
  static const DeviceReport cpu{DeviceKind::cpu, "CPU", true, false, {}};
  if (kind == DeviceKind::cpu) return cpu;
  if (kind == DeviceKind::cuda) {
    static const DeviceReport cuda = cuda_report();
    return cuda;
  }
  static const DeviceReport webgpu = webgpu_report();
  return webgpu;
}

// True when the system has a device file of a GPU, of whatever make.
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
  switch (kind) {
    case DeviceKind::cuda:
      return "cuda";
    case DeviceKind::webgpu:
      return "webgpu";
    case DeviceKind::cpu:
      break;
  }
  return "cpu";
}

Ort::Env& ort_environment() {
  static Ort::Env* const environment = new Ort::Env(ORT_LOGGING_LEVEL_FATAL, "terpsi");
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

std::string provider_folder() {
  Dl_info library{};
  if (::dladdr(reinterpret_cast<const void*>(&OrtGetApiBase), &library) == 0 || library.dli_fname == nullptr)
    return ".";
  const auto folder = std::filesystem::path(library.dli_fname).parent_path();
  return folder.empty() ? "." : folder.string();
}

const std::vector<DeviceReport>& list_devices() {
  static const std::vector<DeviceReport> devices = {
      report_of(DeviceKind::cuda), report_of(DeviceKind::webgpu), report_of(DeviceKind::cpu)};
  return devices;
}

Result<Device> choose_device(std::string_view name) {
  const bool automatic = name == "auto";
  std::string why;
  for (const DeviceKind kind : {DeviceKind::cuda, DeviceKind::webgpu, DeviceKind::cpu}) {
    if (!automatic && name != name_of(kind)) continue;
    if (kind == DeviceKind::cpu) return Device{kind, "CPU", why};
    const bool there = !automatic || has_gpu();
    const DeviceReport report =
        there ? report_of(kind) : DeviceReport{kind, {}, false, false, "this machine shows no GPU"};
    if (report.usable && !(automatic && report.software)) return Device{report.kind, report.name, why};
    if (!automatic) {
      return Error{ErrorCode::unsupported, "the device " + std::string(name) + " cannot be used here: " +
                                               report.reason + "; or use --device cpu"};
    }
    why += (why.empty() ? "" : "; ") + ("no " + std::string(name_of(report.kind))) + ": " + report.reason;
  }
  return Error{ErrorCode::invalid_argument,
               "there is no device \"" + std::string(name) + "\"; use --device auto, cuda, webgpu or cpu"};
}

}  // namespace terpsi::native
