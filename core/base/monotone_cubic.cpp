#include "base/monotone_cubic.h"

#include <algorithm>
#include <utility>

namespace terpsi {

MonotoneCubic::MonotoneCubic(std::vector<double> times, std::vector<double> values)
    : times_(std::move(times)), values_(std::move(values)), slopes_(times_.size(), 0.0) {
  const std::size_t n = times_.size();
  const auto gap = [&](std::size_t i) { return times_[i + 1] - times_[i]; };
  const auto secant = [&](std::size_t i) { return (values_[i + 1] - values_[i]) / gap(i); };
  for (std::size_t i = 1; i + 1 < n; ++i) {
    const double before = secant(i - 1), after = secant(i);
    if (before * after <= 0) continue;
    const double share = (gap(i - 1) + 2 * gap(i)) / (3 * (gap(i - 1) + gap(i)));
    slopes_[i] = before * after / (share * after + (1 - share) * before);
  }
  if (n >= 2) {  // ends: as steep as the nearest piece
    slopes_[0] = secant(0);
    slopes_[n - 1] = secant(n - 2);
  }
}

double MonotoneCubic::operator()(double time) const {
  if (time <= times_.front()) return values_.front();
  if (time >= times_.back()) return values_.back();
  const auto i =
      static_cast<std::size_t>(std::upper_bound(times_.begin(), times_.end(), time) - times_.begin() - 1);
  const double gap = times_[i + 1] - times_[i], u = (time - times_[i]) / gap, v = 1 - u;
  return v * v * (1 + 2 * u) * values_[i] + u * u * (1 + 2 * v) * values_[i + 1] +
         gap * u * v * (v * slopes_[i] - u * slopes_[i + 1]);
}

}  // namespace terpsi
