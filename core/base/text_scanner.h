#pragma once
// Words and numbers of a text file in order, independent of the locale.

#include <cstddef>
#include <string_view>

namespace terpsi {

class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : text_(text) {}

  // The next run of characters without blanks; empty at the end of the text.
  std::string_view word();

  // What is left of the current line, trimmed; moves on to the next line.
  std::string_view rest_of_line();

  // Reads the next word as a decimal number (sign, digits, point, exponent). False, and `value` unchanged, if
  // it is not a finite number of at most 64 characters.
  bool number(double& value);

  std::size_t line() const { return line_; }  // of the last thing read, from 1

 private:
  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
};

// The whole of `text` as a number; false as above.
bool parse_number(std::string_view text, double& value);

}  // namespace terpsi
