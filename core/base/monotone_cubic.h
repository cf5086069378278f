#pragma once
// A smooth curve through points that does not overshoot them.

#include <vector>

namespace terpsi {

// Piecewise cubic with the slopes of [Fritsch 1984]: between two points it stays between their values;
// continuous in slope. Constant before the first and after the last point.
class MonotoneCubic {
 public:
  // `times` strictly ascending, as many as `values`, at least one, all finite.
  MonotoneCubic(std::vector<double> times, std::vector<double> values);

  double operator()(double time) const;

 private:
  std::vector<double> times_, values_, slopes_;
};

}  // namespace terpsi
