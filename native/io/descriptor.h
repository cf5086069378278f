#pragma once
// A file descriptor that closes itself.

#include <unistd.h>

#include <utility>

namespace terpsi::native {

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }

  explicit operator bool() const { return value_ >= 0; }
  int operator*() const { return value_; }

 private:
  int value_;
};

}  // namespace terpsi::native
