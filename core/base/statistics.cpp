#include "base/statistics.h"

#include <algorithm>
#include <cmath>

namespace terpsi {
namespace {

template <class T>
T nth(std::vector<T>& values, std::size_t k) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(k);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

template <class T>
T at_share(std::vector<T>& values, double share, std::size_t of) {
  if (values.empty()) return 0;
  return nth(values, std::min(static_cast<std::size_t>(share * static_cast<double>(of)), values.size() - 1));
}

template <class T>
double mean_of(std::span<const T> values) {
  double sum = 0;
  for (const T v : values) sum += static_cast<double>(v);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

double nth_smallest(std::vector<double> values, std::size_t k) {
  return nth(values, k);
}

float nth_smallest(std::vector<float> values, std::size_t k) {
  return nth(values, k);
}

double quantile(std::vector<double> values, double share) {
  return at_share(values, share, values.size());
}

float quantile(std::vector<float> values, double share) {
  return at_share(values, share, values.size());
}

double quantile_lower(std::vector<double> values, double share) {
  return at_share(values, share, values.size() - 1);
}

float quantile_lower(std::vector<float> values, double share) {
  return at_share(values, share, values.size() - 1);
}

double quantile_linear(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double low = nth(values, below), high = nth(values, std::min(below + 1, values.size() - 1));
  return low + (place - static_cast<double>(below)) * (high - low);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const std::size_t n = values.size();
  const double upper = nth(values, n / 2);
  return n % 2 == 1 ? upper : 0.5 * (nth(values, n / 2 - 1) + upper);
}

double mean(std::span<const double> values) {
  return mean_of(values);
}

double mean(std::span<const float> values) {
  return mean_of(values);
}

double standard_deviation(std::span<const double> values, std::size_t ddof) {
  const double middle = mean(values);
  double square = 0;
  for (const double v : values) square += (v - middle) * (v - middle);
  return std::sqrt(square / static_cast<double>(values.size() - ddof));
}

std::vector<double> moving_mean(std::span<const double> values, std::ptrdiff_t reach) {
  const auto n = static_cast<std::ptrdiff_t>(values.size());
  std::vector<double> sums(values.size() + 1, 0.0), out(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + values[i];
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, i - reach)),
               to = static_cast<std::size_t>(std::min(n, i + reach + 1));
    out[static_cast<std::size_t>(i)] = (sums[to] - sums[from]) / static_cast<double>(to - from);
  }
  return out;
}

}  // namespace terpsi
