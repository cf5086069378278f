#pragma once
// ONNX Runtime's execution providers and environment, for the files here that include its header.

#include <onnxruntime_cxx_api.h>

#include "native/networks/device.h"

namespace terpsi::native {

// The environment of all networks of the process, on any device. It lives to the end: GPU libraries cannot be
// shut down and started again.
Ort::Env& ort_environment();

// Throws Ort::Exception when the provider cannot be had.
void append_provider(Ort::SessionOptions& options, DeviceKind kind);

}  // namespace terpsi::native
