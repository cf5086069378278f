#include "base/json_fields.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace terpsi {

std::optional<Json> parse_json(std::string_view text, int depth) {
  bool deep = false;
  const auto watch = [&](int at, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && at >= depth) deep = true;
    return !deep;
  };
  Json json = Json::parse(text, watch, false);
  if (deep || json.is_discarded()) return std::nullopt;
  return json;
}

void Problem::set(ErrorCode code, const std::string& where, const std::string& what) {
  if (found) return;
  found = true;
  error = {code, before + where + " " + what + after};
}

Fields::Fields(const Json& object, std::string where, Problem& problem)
    : object_(object), where_(std::move(where)), problem_(problem) {
  if (!object_.is_object()) problem_.set(ErrorCode::bad_format, where_, "must be an object");
}

const Json* Fields::find(const char* key) const {
  if (!object_.is_object()) return nullptr;
  const auto it = object_.find(key);
  return it == object_.end() ? nullptr : &*it;
}

std::string Fields::text(const char* key, std::size_t min, std::size_t max) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_string()) return fail(key, "must be a string"), std::string();
  const auto& s = value->get_ref<const std::string&>();
  if (s.size() < min || s.size() > max) return fail(key, "is empty or too long"), std::string();
  return s;
}

std::string Fields::text_or(const char* key, const char* otherwise, std::size_t max) const {
  return find(key) == nullptr ? otherwise : text(key, 0, max);
}

double Fields::number(const char* key, double low, double high) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_number()) return fail(key, "must be a number"), low;
  const double v = value->get<double>();
  if (!(v >= low && v <= high)) return fail(key, "is out of range"), low;
  return v;
}

double Fields::number_or(const char* key, double low, double high, double otherwise) const {
  return find(key) == nullptr ? otherwise : number(key, low, high);
}

std::int64_t Fields::integer(const char* key, std::int64_t low, std::int64_t high) const {
  const double v = number(key, static_cast<double>(low), static_cast<double>(high));
  if (v != std::floor(v)) return fail(key, "must be a whole number"), low;
  return static_cast<std::int64_t>(v);
}

bool Fields::flag(const char* key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_boolean()) return fail(key, "must be true or false"), false;
  return value->get<bool>();
}

bool Fields::flag_or(const char* key, bool otherwise) const {
  return find(key) == nullptr ? otherwise : flag(key);
}

const Json& Fields::array(const char* key, std::size_t min, std::size_t max) const {
  static const Json kEmpty = Json::array();
  const Json* value = find(key);
  if (value == nullptr || !value->is_array()) return fail(key, "must be an array"), kEmpty;
  if (value->size() < min || value->size() > max) return fail(key, "has the wrong length"), kEmpty;
  return *value;
}

std::vector<float> Fields::numbers(const char* key, std::size_t min, std::size_t max, double low,
                                   double high) const {
  std::vector<float> out;
  for (const Json& v : array(key, min, max)) {
    const double x = v.is_number() ? v.get<double>() : std::nan("");
    if (!(x >= low && x <= high)) return fail(key, "holds a value that is not a number in range"), out;
    out.push_back(static_cast<float>(x));
  }
  return out;
}

void Fields::version(const char* key, int ours) const {
  const std::int64_t theirs = integer(key, 0, 1000000);
  if (!problem_.found && theirs != ours) {
    problem_.set(ErrorCode::unsupported, path(key),
                 "is " + std::to_string(theirs) + ", this program reads " + std::to_string(ours));
  }
}

void Fields::fail(const char* key, const char* what) const {
  problem_.set(ErrorCode::bad_format, path(key), what);
}

std::string Fields::path(const char* key, std::size_t index) const {
  return path(key) + "[" + std::to_string(index) + "]";
}

}  // namespace terpsi
