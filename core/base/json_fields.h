#pragma once
// Reading untrusted JSON: bounded depth, types, ranges, and a sentence for the first thing that is
// wrong. Json is only declared here; what touches its values includes <nlohmann/json.hpp> itself.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace terpsi {

using Json = nlohmann::json;

// The text or whole number at `key` of an object; empty or 0 where it is of another kind or missing.
template <class AnyJson>
std::string text_of(const AnyJson& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->template get<std::string>() : std::string();
}
template <class AnyJson>
std::int64_t whole_of(const AnyJson& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number_integer() ? it->template get<std::int64_t>() : 0;
}

// To 1/`steps`, so that the shortest way of writing the number is short.
inline double rounded(double value, double steps = 1e5) {
  return std::round(value * steps) / steps;
}

// Nothing where `text` is not JSON, is nested deeper than `depth`, or is not UTF-8.
std::optional<Json> parse_json(std::string_view text, int depth);

// The first thing found wrong; later reads return harmless defaults and keep the first message.
struct Problem {
  std::string before = {};  // what is read, e.g. "models/manifest.json: "
  std::string after = {};   // what to do about it, e.g. "; install the models of this version again"
  bool found = false;
  Error error{ErrorCode::bad_format, ""};

  void set(ErrorCode code, const std::string& where, const std::string& what);
};

// Reads the members of one JSON object, which outlives this, checking type and range. After a failure: an
// empty text or array, or the lowest number allowed. `where`: the object's path in messages, e.g.
// "models[3]".
class Fields {
 public:
  Fields(const Json& object, std::string where, Problem& problem);

  // Null if there is none.
  const Json* find(const char* key) const;

  // `min` to `max` bytes.
  std::string text(const char* key, std::size_t min = 1, std::size_t max = 4096) const;
  std::string text_or(const char* key, const char* otherwise, std::size_t max = 4096) const;

  // `low` to `high`.
  double number(const char* key, double low, double high) const;
  double number_or(const char* key, double low, double high, double otherwise) const;
  std::int64_t integer(const char* key, std::int64_t low, std::int64_t high) const;
  bool flag(const char* key) const;
  bool flag_or(const char* key, bool otherwise) const;

  // `min` to `max` elements, of any type or numbers from `low` to `high`.
  const Json& array(const char* key, std::size_t min, std::size_t max) const;
  std::vector<float> numbers(const char* key, std::size_t min, std::size_t max, double low,
                             double high) const;

  // Fails with ErrorCode::unsupported where the number is not `ours`.
  void version(const char* key, int ours) const;

  void fail(const char* key, const char* what) const;

  std::string path(const char* key) const { return where_ + "." + key; }
  std::string path(const char* key, std::size_t index) const;

 private:
  const Json& object_;
  std::string where_;
  Problem& problem_;
};

}  // namespace terpsi
