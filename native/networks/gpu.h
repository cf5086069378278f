#pragma once
// Which GPUs the machine's drivers know. The drivers are looked for when asked, never linked: a machine
// without them gets a sentence.

#include <string>
#include <vector>

#include "base/result.h"

namespace terpsi::native {

struct Gpu {
  std::string name;       // as its driver has it, plain ASCII
  bool software = false;  // a processor that plays a GPU
};

// Errors of both: unsupported (no driver, one that does not start, or no GPU; says what to install).
Result<std::vector<Gpu>> cuda_gpus();
Result<std::vector<Gpu>> vulkan_gpus();  // real ones first

}  // namespace terpsi::native
