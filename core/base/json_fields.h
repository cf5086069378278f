#pragma once
// Reading JSON from strangers: bounded depth, types, ranges, and a sentence for the first thing that is
// wrong.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace terpsi {

using Json = nlohmann::json;

// Nothing where `text` is not JSON, is nested deeper than `depth`, or is not UTF-8.
std::optional<Json> parse_json(std::string_view text, int depth);

// The first thing found wrong; later reads return harmless defaults and keep the first message.
struct Problem {
  std::string before = {};  // what is read, e.g. "models/manifest.json: "
  std::string after = {};   // what to do about it, e.g. "; install the models of this version again"
  bool found = false;
  Error error{ErrorCode::bad_format, ""};

  void set(ErrorCode code, const std::string& where, const std::string& what) {
    if (found) return;
    found = true;
    error = {code, before + where + " " + what + after};
  }
};

// Reads the members of one JSON object, checking type and range.
class Fields {
 public:
  Fields(const Json& object, std::string where, Problem& problem)
      : object_(object), where_(std::move(where)), problem_(problem) {
    if (!object_.is_object()) problem_.set(ErrorCode::bad_format, where_, "must be an object");
  }

  const Json* find(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto it = object_.find(key);
    return it == object_.end() ? nullptr : &*it;
  }

  std::string text(const char* key, std::size_t min = 1, std::size_t max = 4096) const {
    const Json* value = find(key);
    if (value == nullptr || !value->is_string()) return fail(key, "must be a string"), std::string();
    const auto& s = value->get_ref<const std::string&>();
    if (s.size() < min || s.size() > max) return fail(key, "is empty or too long"), std::string();
    return s;
  }

  double number(const char* key, double low, double high) const {
    const Json* value = find(key);
    if (value == nullptr || !value->is_number()) return fail(key, "must be a number"), low;
    const double v = value->get<double>();
    if (!(v >= low && v <= high)) return fail(key, "is out of range"), low;
    return v;
  }

  double number_or(const char* key, double low, double high, double otherwise) const {
    return find(key) == nullptr ? otherwise : number(key, low, high);
  }

  bool flag_or(const char* key, bool otherwise) const {
    const Json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) return fail(key, "must be true or false"), otherwise;
    return value->get<bool>();
  }

  std::int64_t integer(const char* key, std::int64_t low, std::int64_t high) const {
    const double v = number(key, static_cast<double>(low), static_cast<double>(high));
    if (v != std::floor(v)) return fail(key, "must be a whole number"), low;
    return static_cast<std::int64_t>(v);
  }

  // An array of min to max elements, or an empty one after a failure.
  const Json& array(const char* key, std::size_t min, std::size_t max) const {
    static const Json kEmpty = Json::array();
    const Json* value = find(key);
    if (value == nullptr || !value->is_array()) return fail(key, "must be an array"), kEmpty;
    if (value->size() < min || value->size() > max) return fail(key, "has the wrong length"), kEmpty;
    return *value;
  }

  std::vector<float> numbers(const char* key, std::size_t min, std::size_t max, double low,
                             double high) const {
    std::vector<float> out;
    for (const Json& v : array(key, min, max)) {
      const double x = v.is_number() ? v.get<double>() : std::nan("");
      if (!(x >= low && x <= high)) return fail(key, "holds a value that is not a number in range"), out;
      out.push_back(static_cast<float>(x));
    }
    return out;
  }

  void version(const char* key, int ours) const {
    const std::int64_t theirs = integer(key, 0, 1000000);
    if (!problem_.found && theirs != ours) {
      problem_.set(ErrorCode::unsupported, where_ + "." + key,
                   "is " + std::to_string(theirs) + ", this program reads " + std::to_string(ours));
    }
  }

  void fail(const char* key, const char* what) const {
    problem_.set(ErrorCode::bad_format, where_ + "." + key, what);
  }

  std::string path(const char* key) const { return where_ + "." + key; }

  std::string path(const char* key, std::size_t index) const {
    return where_ + "." + key + "[" + std::to_string(index) + "]";
  }

 private:
  const Json& object_;
  std::string where_;
  Problem& problem_;
};

}  // namespace terpsi
