#include "motion/smoothing.h"

namespace terpsi::motion {

std::vector<float> hann_kernel(std::size_t reach) {
  const auto span = static_cast<std::ptrdiff_t>(reach);
  std::vector<float> kernel;
  for (std::ptrdiff_t k = -span; k <= span; ++k) {
    const float x = static_cast<float>(k) / static_cast<float>(reach + 1);
    kernel.push_back(0.5f + 0.5f * std::cos(3.14159265f * x));
  }
  return kernel;
}

std::vector<float> hann_mean(const std::vector<float>& values, std::size_t reach) {
  return held_mean(values, hann_kernel(reach), 0.f);
}

std::vector<float> smooth_envelope(const std::vector<float>& needs, std::size_t reach) {
  std::vector<float> greatest(needs.size());
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const auto begin = needs.begin() + static_cast<std::ptrdiff_t>(i > reach ? i - reach : 0),
               end = needs.begin() + static_cast<std::ptrdiff_t>(std::min(needs.size(), i + reach + 1));
    greatest[i] = *std::max_element(begin, end);
  }
  return hann_mean(greatest, reach);
}

}  // namespace terpsi::motion
