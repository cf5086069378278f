#pragma once
// A beat network: how likely a beat and a downbeat are at each moment of a song.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/networks/models.h"
#include "native/networks/network.h"

namespace terpsi::native {

// One loaded network. Not thread-safe: one thread runs it.
class Listener {
 public:
  // `onnx`: its file. Errors: those of Network::load, for the contract of manifest/listener_info.h.
  static Result<Listener> load(std::span<const std::uint8_t> onnx, const manifest::ListenerInfo& info,
                               int threads = 2);

  // Probabilities of a beat and of a downbeat, [rows, 2]; `input`: audio::listener_input. Errors:
  // invalid_argument (a wrong size), internal (ONNX Runtime failed).
  Result<std::vector<float>> activation(std::span<const float> input);

  const manifest::ListenerInfo& info() const { return info_; }

 private:
  Listener(Network network, const manifest::ListenerInfo& info) : network_(std::move(network)), info_(info) {}

  Network network_;
  manifest::ListenerInfo info_;
};

// The listener called `name` (the first when empty), its file checked against size and SHA-256. Errors:
// not_found (no such listener; names those there are), those of the manifest and of load_weights.
Result<Listener> load_listener(const Models& models, const std::string& name = {});

}  // namespace terpsi::native
