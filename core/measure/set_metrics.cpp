#include "measure/set_metrics.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <vector>

namespace terpsi::measure {

namespace {

constexpr double kStandardisation = 1e-10;
constexpr double kCovarianceOffset = 1e-5;

using Matrix = Eigen::MatrixXd;

Matrix covariance(const Matrix& rows) {
  const Matrix centred = rows.rowwise() - rows.colwise().mean();
  Matrix c = centred.transpose() * centred / static_cast<double>(rows.rows() - 1);
  c.diagonal().array() += kCovarianceOffset;
  return c;
}

}  // namespace

double frechet_distance(const Matrix& a, const Matrix& b) {
  const Matrix ca = covariance(a), cb = covariance(b);
  const Eigen::SelfAdjointEigenSolver<Matrix> of_a(ca);
  const Matrix root = of_a.eigenvectors() * of_a.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() *
                      of_a.eigenvectors().transpose();
  const Matrix product = root * cb * root;
  const Eigen::SelfAdjointEigenSolver<Matrix> of_product((product + product.transpose()) / 2,
                                                         Eigen::EigenvaluesOnly);
  const double cross = of_product.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
  const double shift = (a.colwise().mean() - b.colwise().mean()).squaredNorm();
  return std::max(0.0, shift + ca.trace() + cb.trace() - 2 * cross);
}

double mean_pairwise_distance(const Matrix& rows) {
  const Eigen::Index n = rows.rows();
  if (n < 2) return 0;
  const Matrix columns = rows.transpose();  // each motion contiguous in memory
  double sum = 0;
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = i + 1; j < n; ++j) sum += (columns.col(i) - columns.col(j)).norm();
  return sum / (0.5 * static_cast<double>(n) * static_cast<double>(n - 1));
}

Result<SetMetrics> set_metrics(const Matrix& set, const Matrix& reference) {
  if (set.rows() < 2 || reference.rows() < 2)
    return Error{ErrorCode::invalid_argument,
                 "a set and its reference need at least two segments each to be compared"};
  if (set.cols() != reference.cols())
    return Error{ErrorCode::invalid_argument, "a set and its reference have different features"};
  if (!set.allFinite() || !reference.allFinite())
    return Error{ErrorCode::invalid_argument, "features of motions must be finite numbers"};

  const Eigen::RowVectorXd mean = reference.colwise().mean();
  const Eigen::RowVectorXd deviation =
      (reference.rowwise() - mean).colwise().norm() / std::sqrt(static_cast<double>(reference.rows()));
  std::vector<Eigen::Index> kept;
  for (Eigen::Index c = 0; c < reference.cols(); ++c)
    if (reference.col(c).maxCoeff() > reference.col(c).minCoeff()) kept.push_back(c);
  const auto standardised = [&](const Matrix& rows) {
    Matrix out(rows.rows(), static_cast<Eigen::Index>(kept.size()));
    for (std::size_t k = 0; k < kept.size(); ++k) {
      const Eigen::Index c = kept[k];
      out.col(static_cast<Eigen::Index>(k)) =
          (rows.col(c).array() - mean(c)) / (deviation(c) + kStandardisation);
    }
    return out;
  };
  SetMetrics out;
  out.constant = static_cast<int>(reference.cols()) - static_cast<int>(kept.size());
  out.shifts.assign(static_cast<std::size_t>(reference.cols()), 0.0);
  if (kept.empty()) return out;
  const Matrix a = standardised(set), b = standardised(reference);
  out.fid = frechet_distance(a, b);
  const Eigen::RowVectorXd shift = a.colwise().mean() - b.colwise().mean();
  out.fid_of_means = shift.squaredNorm();
  for (std::size_t k = 0; k < kept.size(); ++k)
    out.shifts[static_cast<std::size_t>(kept[k])] = shift(static_cast<Eigen::Index>(k));
  out.diversity = mean_pairwise_distance(a);
  out.reference_diversity = mean_pairwise_distance(b);
  return out;
}

}  // namespace terpsi::measure
