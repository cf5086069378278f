#pragma once
// The devices that networks can run on: found out at run time, so that one executable serves machines with
// and without a GPU.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

enum class DeviceKind { cpu, cuda, webgpu };
std::string_view name_of(DeviceKind kind);  // as --device takes it

struct Device {
  DeviceKind kind = DeviceKind::cpu;
  std::string name = "CPU";  // for people, e.g. "CUDA (NVIDIA H200)"
  std::string why = {};      // chosen by "auto": why nothing faster was chosen, a sentence; may be empty
};

// One kind of device, probed with a small network.
struct DeviceReport {
  DeviceKind kind;
  std::string name;  // as Device::name
  bool usable = false;
  bool software = false;  // usable, but slower than the CPU provider: never chosen by "auto"
  std::string reason;     // why it is not usable, or not chosen; a sentence that says what to do
};

// All kinds, in the order in which "auto" prefers them. Probed once per process; any thread.
std::vector<DeviceReport> list_devices();

// "auto", "cuda", "webgpu" or "cpu". Errors: unsupported (known, but not usable here: the reason),
// invalid_argument (no such device).
Result<Device> choose_device(std::string_view name);

}  // namespace terpsi::native
