#pragma once
// The chief figures of evaluate_sets as a table for people.

#include <nlohmann/json.hpp>
#include <string>

namespace terpsi::native {

std::string sets_table(const nlohmann::ordered_json& evaluation);

}  // namespace terpsi::native
