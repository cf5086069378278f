#include "generate/constrain/least_jerk.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace terpsi::generate {
namespace {

// What decides where the cost above says nothing: weights far below that of a blend of ten seconds.
constexpr double kTinyDrag = 1e-10, kTinyPull = 1e-16;
constexpr std::size_t kBand = 3;

// Symmetric positive definite system of bandwidth 3 with several right-hand sides.
class Banded {
 public:
  Banded(std::size_t rows, std::size_t channels)
      : rows_(rows), channels_(channels), matrix_(rows), right_(rows * channels, 0.0) {}

  void add(std::size_t a, std::size_t b, double value) {  // a >= b, a - b <= 3
    matrix_[a][a - b] += value;
  }
  double& right(std::size_t row, std::size_t channel) { return right_[row * channels_ + channel]; }

  // L D L^T in place, then both substitutions; right() is the solution.
  void solve() {
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t k = std::min(i, kBand); k > 0; --k) {
        const std::size_t j = i - k;
        double sum = matrix_[i][k];
        for (std::size_t m = k + 1; m <= std::min(i, kBand); ++m) {
          sum -= matrix_[i][m] * matrix_[j][m - k] * matrix_[i - m][0];
        }
        matrix_[i][k] = sum / matrix_[j][0];
      }
      for (std::size_t k = 1; k <= std::min(i, kBand); ++k) {
        matrix_[i][0] -= matrix_[i][k] * matrix_[i][k] * matrix_[i - k][0];
      }
    }
    for (std::size_t c = 0; c < channels_; ++c) {
      for (std::size_t i = 0; i < rows_; ++i) {
        for (std::size_t k = 1; k <= std::min(i, kBand); ++k) right(i, c) -= matrix_[i][k] * right(i - k, c);
      }
      for (std::size_t i = rows_; i-- > 0;) {
        right(i, c) /= matrix_[i][0];
        for (std::size_t k = 1; k <= std::min(rows_ - 1 - i, kBand); ++k) {
          right(i, c) -= matrix_[i + k][k] * right(i + k, c);
        }
      }
    }
  }

 private:
  std::size_t rows_, channels_;
  std::vector<std::array<double, kBand + 1>> matrix_;  // [i][k]: entry (i, i - k)
  std::vector<double> right_;
};

// Frames [begin, end) hold all free frames of a stretch and up to three given ones on each side.
void solve_stretch(LeastJerk& curve, std::size_t begin, std::size_t end) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> row(end - begin, kNone);
  std::size_t rows = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (!curve.given[i]) row[i - begin] = rows++;
  }
  Banded system(rows, curve.channels);
  // Adds weight * (sum of coefficients x values)^2 over `count` frames from `first`.
  const auto add_square = [&](std::size_t first, const double* coefficients, std::size_t count,
                              double weight) {
    for (std::size_t a = 0; a < count; ++a) {
      const std::size_t ra = row[first + a - begin];
      if (ra == kNone) continue;
      for (std::size_t b = 0; b < count; ++b) {
        const double value = weight * coefficients[a] * coefficients[b];
        const std::size_t rb = row[first + b - begin];
        if (rb == kNone) {
          for (std::size_t c = 0; c < curve.channels; ++c) {
            system.right(ra, c) -= value * curve.at(first + b, c);
          }
        } else if (rb <= ra) {
          system.add(ra, rb, value);
        }
      }
    }
  };
  constexpr double kThird[4] = {-1, 3, -3, 1}, kFirst[2] = {-1, 1};
  for (std::size_t i = begin; i + 3 < end; ++i) add_square(i, kThird, 4, 1.0);
  for (std::size_t i = begin; i + 1 < end; ++i) {
    add_square(i, kFirst, 2, kTinyDrag + (curve.drag.empty() ? 0.0 : curve.drag[i + 1]));
  }
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t r = row[i - begin];
    if (r == kNone) continue;
    const double pull = curve.pull.empty() ? 0.0 : curve.pull[i];
    system.add(r, r, kTinyPull + pull);
    for (std::size_t c = 0; pull > 0 && c < curve.channels; ++c) {
      system.right(r, c) += pull * curve.wanted[i * curve.channels + c];
    }
  }
  system.solve();
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t r = row[i - begin];
    for (std::size_t c = 0; r != kNone && c < curve.channels; ++c) curve.at(i, c) = system.right(r, c);
  }
}

}  // namespace

void solve(LeastJerk& curve) {
  if (curve.pull.empty() &&
      std::count(curve.given.begin(), curve.given.end(), 0) == static_cast<std::ptrdiff_t>(curve.frames)) {
    std::fill(curve.values.begin(), curve.values.end(), 0.0);
    return;
  }
  // Stretches of free frames with three given ones between them do not see each other.
  std::size_t i = 0;
  while (i < curve.frames) {
    if (curve.given[i]) {
      ++i;
      continue;
    }
    std::size_t end = i, still = 0;  // end: one past the last free frame
    for (std::size_t k = i; k < curve.frames && still < kBand; ++k) {
      if (curve.given[k]) {
        ++still;
      } else {
        end = k + 1;
        still = 0;
      }
    }
    solve_stretch(curve, i >= kBand ? i - kBand : 0, std::min(curve.frames, end + kBand));
    i = end;
  }
}

void keep_between(LeastJerk& curve, double overshoot, double slack) {
  constexpr int kRounds = 10;
  constexpr double kFirstDrag = 1e-5, kMore = 5;  // drag of 1 outweighs the third difference altogether
  const auto size = [&](std::size_t i) {
    double sum = 0;
    for (std::size_t c = 0; c < curve.channels; ++c) sum += curve.at(i, c) * curve.at(i, c);
    return std::sqrt(sum);
  };
  solve(curve);
  for (int round = 0; round < kRounds; ++round) {
    bool again = false;
    std::size_t i = 0;
    while (i < curve.frames) {
      if (curve.given[i]) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < curve.frames && !curve.given[end]) ++end;
      const double before = i > 0 ? size(i - 1) : 0, after = end < curve.frames ? size(end) : 0;
      const double most = overshoot * std::max(before, after) + slack;
      bool beyond = false;
      for (std::size_t k = i; k < end; ++k) beyond = beyond || size(k) > most;
      if (beyond) {
        again = true;
        if (curve.drag.empty()) curve.drag.assign(curve.frames, 0.0);
        for (std::size_t k = i; k < std::min(end + 1, curve.frames); ++k) {
          curve.drag[k] = std::max(kFirstDrag, curve.drag[k] * kMore);
        }
      }
      i = end;
    }
    if (!again) return;
    solve(curve);
  }
}

}  // namespace terpsi::generate
