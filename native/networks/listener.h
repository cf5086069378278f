#pragma once
// Runs a beat network ("listener") with ONNX Runtime.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "manifest/listener_info.h"

namespace terpsi::native {

// One loaded network. Not thread-safe: one thread runs it.
class Listener {
 public:
  // `weights`: an ONNX file. Errors: bad_format (not ONNX, or other inputs and outputs than listener_info.h
  // says).
  static Result<Listener> load(std::span<const std::uint8_t> weights, const manifest::ListenerInfo& info,
                               int threads = 2);

  // Probabilities of beat and downbeat, rows x 2; `input` as audio::listener_input makes it. Errors:
  // invalid_argument (a wrong size), internal (ONNX Runtime failed).
  Result<std::vector<float>> activation(std::span<const float> input);

  const manifest::ListenerInfo& info() const;

  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

 private:
  struct State;
  explicit Listener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The beat networks that a models folder lists. Errors: not_found (no manifest), bad_format, unsupported, io.
Result<std::vector<manifest::ListenerInfo>> list_listeners(const std::string& folder);

// The listener called `name` (the first when empty) of a models folder, its file checked against size and
// SHA-256. Errors: not_found (no manifest, no such listener; names those there are), io, bad_format,
// unsupported.
Result<Listener> load_listener(const std::string& folder, const std::string& name = {});

}  // namespace terpsi::native
