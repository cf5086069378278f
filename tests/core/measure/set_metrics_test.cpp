#include "measure/set_metrics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "core/motion/golden.h"

using namespace terpsi;
using namespace terpsi::motion;
using namespace terpsi::measure;
using Matrix = Eigen::MatrixXd;

namespace {

Matrix random_rows(Eigen::Index rows, Eigen::Index columns, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Matrix out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i) out(i) = normal(random);
  return out;
}

Matrix golden_rows(const char* name) {
  const auto& shape = motion::testing::golden().at(name).shape;
  const auto values = motion::testing::golden_values(name);
  Matrix out(static_cast<Eigen::Index>(shape[0]), static_cast<Eigen::Index>(shape[1]));
  for (Eigen::Index r = 0; r < out.rows(); ++r)
    for (Eigen::Index c = 0; c < out.cols(); ++c)
      out(r, c) = static_cast<double>(values[static_cast<std::size_t>(r * out.cols() + c)]);
  return out;
}

}  // namespace

TEST_CASE("set metrics refuse sets that cannot be compared") {
  const Matrix good = random_rows(10, 4, 1);
  CHECK(set_metrics(good, Matrix()).error().code == ErrorCode::invalid_argument);
  CHECK(set_metrics(Matrix(), good).error().code == ErrorCode::invalid_argument);
  CHECK(set_metrics(random_rows(1, 4, 2), good).error().code == ErrorCode::invalid_argument);
  CHECK(set_metrics(random_rows(10, 5, 2), good).error().code == ErrorCode::invalid_argument);
  for (const double hostile : {std::nan(""), static_cast<double>(INFINITY)}) {
    Matrix bad = good;
    bad(3, 2) = hostile;
    CHECK(set_metrics(bad, good).error().code == ErrorCode::invalid_argument);
    CHECK(set_metrics(good, bad).error().code == ErrorCode::invalid_argument);
  }
  CHECK(mean_pairwise_distance(Matrix()) == 0);
  CHECK(mean_pairwise_distance(good.topRows(1)) == 0);
}

TEST_CASE("set metrics agree with an independent implementation") {
  const auto got = set_metrics(golden_rows("set_made"), golden_rows("set_real"));
  REQUIRE(got.ok());
  const auto expected = motion::testing::golden_values("whole_values");
  CHECK(got->fid == doctest::Approx(expected[6]).epsilon(1e-4));
  CHECK(got->diversity == doctest::Approx(expected[7]).epsilon(1e-5));
  CHECK(got->reference_diversity == doctest::Approx(expected[8]).epsilon(1e-5));
  CHECK(got->constant == 0);
}

TEST_CASE(
    "a set has no distance to itself, whatever the scale of its features, singular covariance included") {
  for (const Eigen::Index rows : {5, 200}) {
    Matrix set = random_rows(rows, 72, 3);
    set.col(7) *= 1e6;
    set.col(8) *= 1e-6;
    const auto got = set_metrics(set, set);
    REQUIRE(got.ok());
    CHECK(got->fid < 1e-6);
    CHECK(got->diversity == doctest::Approx(got->reference_diversity));
  }
}

TEST_CASE("two normal distributions apart by a shift, or by their width, have the distance of the formula") {
  const Matrix a = random_rows(4000, 3, 4);
  Matrix shifted = a;
  shifted.col(1).array() += 2;
  CHECK(frechet_distance(a, shifted) == doctest::Approx(4).epsilon(1e-6));
  CHECK(frechet_distance(shifted, a) == doctest::Approx(4).epsilon(1e-6));
  const auto got = set_metrics(shifted, a);
  REQUIRE(got.ok());
  CHECK(got->shifts[1] == doctest::Approx(2).epsilon(0.05));
  CHECK(std::abs(got->shifts[0]) < 1e-9);
  CHECK(got->fid == doctest::Approx(got->fid_of_means).epsilon(1e-6));
  const Matrix centred = a.rowwise() - a.colwise().mean();
  const double variance = centred.squaredNorm() / 3999;  // trace of the covariance
  CHECK(frechet_distance(centred, 3 * centred) == doctest::Approx(4 * variance).epsilon(1e-4));
}

TEST_CASE("the scale of the reference is the measure: a set twice as wide has twice the diversity") {
  const Matrix reference = random_rows(50, 6, 5);
  const auto got = set_metrics(2 * reference, reference);
  REQUIRE(got.ok());
  CHECK(got->diversity == doctest::Approx(2 * got->reference_diversity));
  CHECK(got->fid > 1);
}

TEST_CASE("diversity is the mean distance of all pairs") {
  Matrix rows(3, 2);
  rows << 0, 0, 3, 4, 0, 8;
  CHECK(mean_pairwise_distance(rows) == doctest::Approx((5 + 8 + 5) / 3.0));
}

TEST_CASE("a feature that is the same in the whole reference is left out and counted") {
  Matrix reference = random_rows(30, 4, 6), set = random_rows(30, 4, 7);
  reference.col(2).setConstant(0.1);
  const auto got = set_metrics(set, reference);
  REQUIRE(got.ok());
  CHECK(got->constant == 1);
  CHECK(got->shifts.size() == 4);
  CHECK(got->shifts[2] == 0);
  CHECK(got->fid < 100);
  set.col(2) *= 1000;
  CHECK(set_metrics(set, reference)->fid == doctest::Approx(got->fid));
  const auto nothing = set_metrics(set, Matrix::Ones(5, 4));
  REQUIRE(nothing.ok());
  CHECK(nothing->constant == 4);
  CHECK(nothing->fid == 0);
}
