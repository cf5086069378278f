#pragma once
// Where ONNX Runtime finds libonnxruntime_providers_*.so: in the folder its own library was loaded from, and
// nowhere else.

#include <string>

namespace terpsi::native {

inline constexpr const char* kProvidersVariable = "TERPSI_PROVIDERS";

std::string provider_folder();
std::string onnx_runtime_version();  // of the library that was loaded

// Where the environment names another folder in TERPSI_PROVIDERS: starts this program again so that ONNX
// Runtime is loaded from there, if that folder has it (a file or link libonnxruntime.so.1); returns only
// otherwise. For the beginning of main().
void enter_provider_folder(char** argv);

}  // namespace terpsi::native
