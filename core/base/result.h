#pragma once
// Result<T>: a value or a typed error with a sentence a person can act on.
// Nothing in core throws across a module border; every function that can fail on its input returns a Result.

#include <string>
#include <utility>
#include <variant>

namespace terpsi {

enum class ErrorCode {
  invalid_argument,  // an option or parameter is out of range
  bad_format,        // the bytes are not what they claim to be
  too_large,         // beyond a bound in base/limits.h
  empty,             // nothing usable in the input (no samples, silence, no frames)
  not_found,         // a file, model or style that does not exist
  unsupported,       // understood, but not possible here (device, codec, version)
  io,                // reading or writing failed
  busy,              // too much is waiting already; the same may work later
  denied,            // the caller may not do this
  cancelled,         // the caller asked to stop
  internal,          // a bug or an inference failure
};

struct Error {
  ErrorCode code;
  std::string message;  // says what is wrong and what to do, no trailing newline
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  // Precondition: !ok().
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

// Result of an operation that yields nothing but can fail.
using Status = Result<std::monostate>;
inline Status ok_status() {
  return std::monostate{};
}

}  // namespace terpsi
