#include "generate/plan/section_styles.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/limits.h"

namespace terpsi::generate {
namespace {

using Place = SectionStyle::Place;

constexpr const char* kHelp =
    "write places and styles such as intro=hiphop,A=house,B2=waack,chorus=salsa,45-60=break";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A whole number of at most 6 digits; -1 for anything else.
int whole(std::string_view text) {
  if (text.empty() || text.size() > 6) return -1;
  int out = 0;
  for (char c : text) {
    if (!is_digit(c)) return -1;
    out = out * 10 + (c - '0');
  }
  return out;
}

// 45, 45.5, 1:30 or end; negative for anything else.
double seconds(std::string_view text) {
  text = trimmed(text);
  if (text == "end") return std::numeric_limits<double>::infinity();
  double minutes = 0;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    minutes = whole(text.substr(0, colon));
    if (minutes < 0) return -1;
    text.remove_prefix(colon + 1);
  }
  const auto dot = text.find('.');
  double fraction = 0;
  if (dot != std::string_view::npos) {
    const std::string_view digits = text.substr(dot + 1);
    const int value = whole(digits);
    if (value < 0) return -1;
    fraction = value / std::pow(10.0, static_cast<double>(digits.size()));
  }
  const int units = whole(text.substr(0, dot));
  return units < 0 ? -1 : 60 * minutes + units + fraction;
}

bool parse_place(std::string_view text, SectionStyle& out) {
  if (text == "intro") return out.place = Place::intro, true;
  if (text == "outro" || text == "ending") return out.place = Place::outro, true;
  if (text == "chorus") return out.place = Place::chorus, true;
  if (const int number = whole(text); number > 0) return out.place = Place::number, out.number = number, true;
  const char first = text.empty() ? '\0' : text.front();
  if ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z')) {
    out.place = Place::kind;
    out.kind = first >= 'a' ? first - 'a' : first - 'A';
    out.occurrence = text.size() == 1 ? 0 : whole(text.substr(1));
    return text.size() == 1 || out.occurrence > 0;
  }
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  out.place = Place::range;
  out.from = seconds(text.substr(0, dash));
  out.to = seconds(text.substr(dash + 1));
  return out.from >= 0 && std::isfinite(out.from) && out.to > out.from;
}

// "A (2 times), B": the kinds of section that there are.
std::string kinds_of(const SongShape& shape) {
  std::string out;
  for (int kind = 0; kind < 26; ++kind) {
    const auto times = std::count_if(shape.sections.begin(), shape.sections.end(),
                                     [&](const audio::Section& s) { return s.label == kind; });
    if (times == 0) continue;
    out += (out.empty() ? "" : ", ") + std::string(1, static_cast<char>('A' + kind));
    if (times > 1) out += " (" + std::to_string(times) + " times)";
  }
  return out.empty() ? "none" : out;
}

// Label of the chorus; -1 without sections.
int chorus_label(const SongShape& shape) {
  int best = -1;
  float best_score = -1.f;
  for (std::size_t i = 0; i < shape.sections.size(); ++i) {
    const int label = shape.sections[i].label;
    float sum = 0.f, seconds_of = 0.f;
    int times = 0;
    for (std::size_t k = 0; k < shape.sections.size(); ++k) {
      if (shape.sections[k].label != label) continue;
      const auto length = static_cast<float>(std::max(shape.sections[k].end - shape.sections[k].start, 0.1));
      sum += shape.loudness[k] * length, seconds_of += length, ++times;
    }
    const float score = sum / seconds_of + (times > 1 ? 1.f : 0.f);
    if (score > best_score) best = label, best_score = score;
  }
  return best;
}

bool meant(const SectionStyle& wish, const SongShape& shape, std::size_t section, int chorus) {
  switch (wish.place) {
    case Place::kind:
      return shape.sections[section].label == wish.kind &&
             (wish.occurrence == 0 || shape.occurrence[section] + 1 == wish.occurrence);
    case Place::intro:
      return section == 0;
    case Place::outro:
      return section + 1 == shape.sections.size();
    case Place::chorus:
      return shape.sections[section].label == chorus;
    case Place::number:
      return section + 1 == static_cast<std::size_t>(wish.number);
    case Place::range:
      break;
  }
  return false;
}

std::string named(const SectionStyle& wish) {
  if (wish.place == Place::number) return "section " + std::to_string(wish.number);
  if (wish.place == Place::range) return "such range of seconds";
  std::string out = "section " + std::string(1, static_cast<char>('A' + wish.kind));
  return wish.occurrence > 0 ? out + std::to_string(wish.occurrence) : out;
}

Result<int> style_named(const std::string& name, const manifest::ModelInfo& model, int own_style) {
  if (name == "auto") return own_style;
  std::string known;
  for (std::size_t i = 0; i < model.styles.size(); ++i) {
    if (model.styles[i].name == name) return static_cast<int>(i);
    known += (known.empty() ? "" : ", ") + model.styles[i].name;
  }
  return Error{ErrorCode::not_found,
               "there is no style '" + name.substr(0, 64) + "' for a section; choose one of " + known};
}

}  // namespace

Result<std::vector<SectionStyle>> parse_section_styles(std::string_view text) {
  std::vector<SectionStyle> out;
  while (!trimmed(text).empty()) {
    const auto comma = text.find(',');
    const std::string_view part = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const auto equals = part.find('=');
    SectionStyle wish;
    if (equals == std::string_view::npos || !parse_place(trimmed(part.substr(0, equals)), wish) ||
        trimmed(part.substr(equals + 1)).empty()) {
      return Error{ErrorCode::invalid_argument,
                   "section styles: '" + std::string(part.substr(0, 64)) + "' is not understood; " + kHelp};
    }
    wish.style = trimmed(part.substr(equals + 1));
    out.push_back(std::move(wish));
    if (out.size() > limits::kMaxSectionStyles) {
      return Error{ErrorCode::too_large, "there are more than " + std::to_string(limits::kMaxSectionStyles) +
                                             " section styles; name fewer places"};
    }
  }
  return out;
}

Result<std::vector<StyleSpan>> style_spans(const std::vector<SectionStyle>& wishes, const SongShape& shape,
                                           double duration, const manifest::ModelInfo& model, int own_style) {
  std::vector<double> borders = {0};
  for (const audio::Section& s : shape.sections) borders.push_back(s.start);
  std::vector<int> styles;
  for (const SectionStyle& wish : wishes) {
    const Result<int> style = style_named(wish.style, model, own_style);
    if (!style) return style.error();
    styles.push_back(*style);
    if (wish.place != Place::range) continue;
    borders.push_back(wish.from);
    borders.push_back(wish.to);
  }
  std::erase_if(borders, [&](double t) { return !(t >= 0 && (t == 0 || t < duration)); });
  std::sort(borders.begin(), borders.end());

  const int chorus = chorus_label(shape);
  std::vector<bool> used(wishes.size(), false);
  std::vector<StyleSpan> out;
  for (double start : borders) {
    int style = own_style;
    const auto section = static_cast<std::size_t>(section_at(shape.sections, start));
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      const bool here = wishes[i].place == Place::range
                            ? start >= wishes[i].from && start < wishes[i].to
                            : section < shape.sections.size() && meant(wishes[i], shape, section, chorus);
      if (here) style = styles[i], used[i] = true;
    }
    if (out.empty() || out.back().style != style) out.push_back({start, style});
  }
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const bool anywhere = wishes[i].place == Place::intro || wishes[i].place == Place::outro ||
                          wishes[i].place == Place::chorus;
    if (used[i] || anywhere) continue;
    return Error{ErrorCode::not_found, "this song has no " + named(wishes[i]) + "; it has " +
                                           std::to_string(shape.sections.size()) +
                                           " sections of these kinds: " + kinds_of(shape)};
  }
  return out;
}

}  // namespace terpsi::generate
