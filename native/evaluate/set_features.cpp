#include "native/evaluate/set_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "base/limits.h"
#include "measure/motion_features.h"
#include "measure/set_metrics.h"

namespace terpsi::native {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShiftsShown = 6;

template <class Values>
std::vector<double> as_vector(const Values& values) {
  return {values.begin(), values.end()};
}

Eigen::MatrixXd matrix(const std::vector<FeatureRow>& rows, Feature feature) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(rows.size()),
                      static_cast<Eigen::Index>(rows.empty() ? 0 : rows[0][feature].size()));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r][feature].size(); ++c)
      out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = rows[r][feature][c];
  return out;
}

// The features whose means differ most, by name.
Json largest_shifts(const std::vector<double>& shifts, Feature feature) {
  std::vector<std::size_t> order(shifts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(shifts[a]) > std::abs(shifts[b]); });
  Json json = Json::object();
  for (std::size_t k = 0; k < std::min(kShiftsShown, order.size()); ++k) {
    const bool kinetic = feature == kKinetic || feature == kKineticRef;
    json[kinetic ? measure::kinetic_name(order[k]) : measure::geometric_name(order[k])] = shifts[order[k]];
  }
  return json;
}

}  // namespace

void add_rows(const Recording& recording, std::size_t segment, std::vector<FeatureRow>& rows) {
  for (const Stretch& stretch : recording.stretches)
    for (std::size_t from = 0; from + segment <= stretch.joints.size(); from += segment) {
      const auto part = std::span(stretch.joints).subspan(from, segment);
      rows.push_back({as_vector(measure::kinetic_features(part, limits::kFps)),
                      as_vector(measure::kinetic_features_ref(part, limits::kFps)),
                      as_vector(measure::geometric_features(part, limits::kFps)),
                      as_vector(measure::geometric_features_ref(part))});
    }
}

Status add_set_metrics(Json& json, const std::vector<FeatureRow>& rows,
                       const std::vector<FeatureRow>& reference) {
  const std::pair<Feature, std::string> kinds[] = {
      {kKinetic, "k"}, {kKineticRef, "k_ref"}, {kGeometric, "g"}, {kGeometricRef, "g_ref"}};
  for (const auto& [feature, name] : kinds) {
    const auto m = measure::set_metrics(matrix(rows, feature), matrix(reference, feature));
    if (!m) return m.error();
    json["fid_" + name] = m->fid;
    json["div_" + name] = m->diversity;
    json["div_" + name + "_ratio"] = m->diversity / m->reference_diversity;
    json["constant_" + name] = m->constant;
    json["fid_" + name + "_of_means"] = m->fid_of_means;
    json["shifts_" + name] = largest_shifts(m->shifts, feature);
  }
  return ok_status();
}

}  // namespace terpsi::native
