#pragma once
// The folder in which ONNX Runtime finds libonnxruntime_providers_*.so: that of its own library, and no
// other.

#include <string>

namespace terpsi::native {

inline constexpr const char* kProvidersVariable = "TERPSI_PROVIDERS";

std::string provider_folder();
std::string onnx_runtime_version();  // of the library that was loaded

// Where TERPSI_PROVIDERS in the environment names another folder that has ONNX Runtime (libonnxruntime.so.1,
// a file or a link): executes this program again with ONNX Runtime from there, and does not return. To be
// called first in main().
void enter_provider_folder(char** argv);

}  // namespace terpsi::native
