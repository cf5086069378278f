#include "motion/smoothing.h"

namespace terpsi::motion {

std::vector<float> cosine_mean(const std::vector<float>& values, std::size_t reach) {
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1, span = static_cast<std::ptrdiff_t>(reach);
  std::vector<float> kernel, out(values.size());
  float total = 0;
  for (std::ptrdiff_t k = -span; k <= span; ++k) {
    const float x = static_cast<float>(k) / static_cast<float>(reach + 1);
    kernel.push_back(0.5f + 0.5f * std::cos(3.14159265f * x));
    total += kernel.back();
  }
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    float sum = 0;
    for (std::ptrdiff_t k = -span; k <= span; ++k)
      sum += kernel[static_cast<std::size_t>(k + span)] *
             values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last))];
    out[static_cast<std::size_t>(i)] = sum / total;
  }
  return out;
}

std::vector<float> smooth_cover(const std::vector<float>& needs, std::size_t reach) {
  std::vector<float> greatest(needs.size());
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const auto begin = needs.begin() + static_cast<std::ptrdiff_t>(i > reach ? i - reach : 0),
               end = needs.begin() + static_cast<std::ptrdiff_t>(std::min(needs.size(), i + reach + 1));
    greatest[i] = *std::max_element(begin, end);
  }
  return cosine_mean(greatest, reach);
}

}  // namespace terpsi::motion
