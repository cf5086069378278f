#pragma once
// Compares the distribution of the features of a set of motions with that of real motions. A row is a motion,
// a column a feature (motion_features.h).

#include <Eigen/Core>
#include <vector>

#include "base/result.h"

namespace terpsi::measure {

struct SetMetrics {
  double fid = 0;           // Frechet distance of the set to the reference, see frechet_distance
  double fid_of_means = 0;  // the part of fid that the means contribute; the rest is of the covariances
  double diversity = 0;     // mean pairwise distance of the set
  double reference_diversity = 0;  // of the reference
  // Of each column: difference of the means in deviations of the reference; 0 if constant.
  std::vector<double> shifts;
  int constant = 0;  // columns that are the same in every row of the reference: omitted from all figures
};

// Both sets are standardised by mean and standard deviation (of the population, as is usual, plus 1e-10) of
// the REFERENCE. Frechet distances of small sets are too large (the covariance of n rows has rank n - 1):
// compare sets of similar size. Errors: invalid_argument (fewer than two rows, different columns, values that
// are not finite).
Result<SetMetrics> set_metrics(const Eigen::MatrixXd& set, const Eigen::MatrixXd& reference);

// Frechet distance [Heusel 2017] of the normal distributions with the rows' means m and covariances C:
//   |m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2)
// with 1e-5 added to the diagonals of both. Symmetric roots by eigenvalues, so that no imaginary part can
// arise. Precondition: at least two rows each, equal columns, finite.
double frechet_distance(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

// Mean L2 distance over all pairs of different rows; 0 for fewer than two rows.
double mean_pairwise_distance(const Eigen::MatrixXd& rows);

}  // namespace terpsi::measure
