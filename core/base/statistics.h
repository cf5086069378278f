#pragma once
// Order statistics, means and deviations of plain series. Sums run in double, in the order of the values.

#include <cstddef>
#include <span>
#include <vector>

namespace terpsi {

// The k-th smallest value, k = 0 for the least. Precondition: k < values.size().
double nth_smallest(std::vector<double> values, std::size_t k);
float nth_smallest(std::vector<float> values, std::size_t k);

// Value number floor(share n), at most n - 1, of the n values in ascending order: no interpolation. 0 if
// empty. quantile(values, 0.5) is the upper median. `share`: 0 to 1.
double quantile(std::vector<double> values, double share);
float quantile(std::vector<float> values, double share);

// The same of number floor(share (n - 1)), as NumPy's method "lower".
double quantile_lower(std::vector<double> values, double share);
float quantile_lower(std::vector<float> values, double share);

// Interpolated between its neighbours at place share (n - 1), as NumPy's method "linear". 0 if empty.
double quantile_linear(std::vector<double> values, double share);

// The middle value, the mean of the middle two of an even number. 0 if empty.
double median(std::vector<double> values);

// Arithmetic mean. 0 if empty.
double mean(std::span<const double> values);
double mean(std::span<const float> values);

// sqrt(sum (v - mean)^2 / (n - ddof)): 0 degrees of freedom lost for a population, 1 for a sample.
// Precondition: values.size() > ddof.
double standard_deviation(std::span<const double> values, std::size_t ddof = 0);

// Mean over +-reach values, fewer at the ends, by differences of running sums.
std::vector<double> moving_mean(std::span<const double> values, std::ptrdiff_t reach);

}  // namespace terpsi
