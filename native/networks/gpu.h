#pragma once
// The GPUs that the machine's drivers report. Drivers are loaded at run time, never linked: a machine without
// them gets a sentence that says so.

#include <string>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

struct Gpu {
  std::string name;       // as its driver reports it, plain ASCII
  bool software = false;  // rendered by the CPU
};

// Errors of both: unsupported (no driver, a driver that does not start, or no GPU; says what to install).
Result<std::vector<Gpu>> cuda_gpus();
Result<std::vector<Gpu>> vulkan_gpus();  // hardware first

}  // namespace terpsi::native
