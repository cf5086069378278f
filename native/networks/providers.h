#pragma once
// ONNX Runtime's execution providers, for the files of native/engine that know ONNX Runtime.

#include <onnxruntime_cxx_api.h>

#include "native/networks/device.h"

namespace terpsi::native {

// The process' one environment of networks on any device. Lives to the end: GPU libraries do not take being
// shut down and started again.
Ort::Env& ort_environment();

// Throws Ort::Exception when the provider cannot be had.
void append_provider(Ort::SessionOptions& options, DeviceKind kind);

}  // namespace terpsi::native
