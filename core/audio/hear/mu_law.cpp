#include "audio/hear/mu_law.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/resample.h"

namespace terpsi::audio {
namespace {

constexpr double kMu = 255;
constexpr double kEncoderLevel = 0.1;  // root mean square

std::array<float, 2 * kMuLawTop + 1> make_values() {
  std::array<float, 2 * kMuLawTop + 1> values{};
  for (int code = 1; code <= kMuLawTop; ++code) {
    const double share = static_cast<double>(code) / kMuLawTop;
    const auto value = static_cast<float>(std::expm1(share * std::log1p(kMu)) / kMu);
    values[static_cast<std::size_t>(kMuLawTop + code)] = value;
    values[static_cast<std::size_t>(kMuLawTop - code)] = -value;
  }
  return values;
}

}  // namespace

int mu_law_code(float x) {
  if (!(x >= -1.f)) return x < -1.f ? -kMuLawTop : 0;
  const double size = std::min(1.0, std::abs(static_cast<double>(x)));
  const auto code = static_cast<int>(std::lround(kMuLawTop * std::log1p(kMu * size) / std::log1p(kMu)));
  return x < 0 ? -code : code;
}

float mu_law_value(int code) {
  static const auto kValues = make_values();
  return kValues[static_cast<std::size_t>(std::clamp(code, -kMuLawTop, kMuLawTop) + kMuLawTop)];
}

Result<std::vector<float>> mu_law_sound(const Pcm& pcm) {
  if (auto status = check_pcm(pcm); !status) return status.error();
  std::vector<float> samples = resample(pcm).samples;
  normalize(samples, kEncoderLevel);
  for (float& x : samples) x = mu_law_value(mu_law_code(x));
  return samples;
}

}  // namespace terpsi::audio
