#include "base/text_scanner.h"

#include <cmath>
#include <cstdint>

namespace terpsi {

namespace {
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
}  // namespace

std::string_view TextScanner::word() {
  for (; at_ < text_.size() && is_blank(text_[at_]); ++at_)
    if (text_[at_] == '\n') ++line_;
  const std::size_t begin = at_;
  while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view TextScanner::rest_of_line() {
  std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  std::size_t end = at_;
  while (begin < end && is_blank(text_[begin])) ++begin;
  while (end > begin && is_blank(text_[end - 1])) --end;
  return text_.substr(begin, end - begin);
}

bool TextScanner::number(double& value) {
  return parse_number(word(), value);
}

bool parse_number(std::string_view text, double& value) {
  if (text.empty() || text.size() > 64) return false;
  std::size_t i = 0;
  const bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') ++i;
  std::uint64_t digits = 0;  // the first 18 significant digits
  int kept = 0, exponent = 0;
  bool any = false, point = false;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    if (kept < 18) {
      digits = 10 * digits + static_cast<std::uint64_t>(text[i] - '0');
      if (digits > 0) ++kept;
      if (point) --exponent;
    } else if (!point) {
      ++exponent;
    }
  }
  if (!any) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    const bool down = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (i >= text.size()) return false;
    int power = 0;
    for (; i < text.size() && is_digit(text[i]); ++i)
      power = power < 10000 ? 10 * power + (text[i] - '0') : power;
    exponent += down ? -power : power;
  }
  if (i != text.size()) return false;
  // Dividing by an exact power of ten rounds once; powers up to 10^22 are exact.
  double result = static_cast<double>(digits);
  if (exponent < 0 && exponent >= -22)
    result /= std::pow(10.0, -exponent);
  else if (exponent != 0 && digits != 0)
    result *= std::pow(10.0, exponent);
  if (!std::isfinite(result)) return false;
  value = negative ? -result : result;
  return true;
}

}  // namespace terpsi
