#include "native/networks/provider_folder.h"

#include <dlfcn.h>
#include <onnxruntime_c_api.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace terpsi::native {

std::string provider_folder() {
  Dl_info library{};
  if (::dladdr(reinterpret_cast<const void*>(&OrtGetApiBase), &library) == 0 || library.dli_fname == nullptr)
    return ".";
  const auto folder = std::filesystem::path(library.dli_fname).parent_path();
  return folder.empty() ? "." : folder.string();
}

std::string onnx_runtime_version() {
  return OrtGetApiBase()->GetVersionString();
}

void enter_provider_folder(char** argv) {
  const char* wanted = ::getenv(kProvidersVariable);
  if (wanted == nullptr || *wanted == 0) return;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(wanted, error).lexically_normal();
  if (std::filesystem::path(provider_folder()).lexically_normal() == folder) return;
  if (!std::filesystem::exists(folder / "libonnxruntime.so.1", error)) {
    std::fprintf(stderr,
                 "terpsi: warning: %s names %s, which has no libonnxruntime.so.1; see docs/devices.md\n",
                 kProvidersVariable, wanted);
    return;
  }
  const char* libraries = ::getenv("LD_LIBRARY_PATH");
  const std::string path =
      folder.string() + (libraries == nullptr || *libraries == 0 ? "" : ":" + std::string(libraries));
  if (::setenv("LD_LIBRARY_PATH", path.c_str(), 1) != 0) return;
  ::unsetenv(kProvidersVariable);  // no second attempt, whatever comes of it
  ::execv("/proc/self/exe", argv);
}

}  // namespace terpsi::native
