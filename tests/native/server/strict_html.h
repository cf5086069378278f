#pragma once
// A strict little reader of HTML: every '<' begins a tag that is closed, every attribute is quoted, every '&'
// begins a character reference that we write. What a browser would have to guess at, it refuses.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace terpsi::test {

struct Markup {
  struct Tag {
    std::string name;
    std::map<std::string, std::string> values;
    std::string text;  // up to the next tag
  };
  std::vector<Tag> read;
  std::vector<std::string> tags;  // name and names of attributes, as they come

  std::optional<std::string> value_of(const std::string& name, const std::string& attribute) const {
    for (const Tag& tag : read)
      if (tag.name == name && tag.values.count(attribute)) return tag.values.at(attribute);
    return std::nullopt;
  }
  std::optional<std::string> text_of(const std::string& name) const {
    for (const Tag& tag : read)
      if (tag.name == name) return tag.text;
    return std::nullopt;
  }
  // Of the <meta> with this name or property.
  std::optional<std::string> content_of(const std::string& name) const {
    for (const Tag& tag : read)
      for (const char* key : {"name", "property"})
        if (tag.name == "meta" && tag.values.count(key) && tag.values.at(key) == name)
          return tag.values.at("content");
    return std::nullopt;
  }
};

// `text` without its character references; nothing when it has something else that is special.
inline std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' || text[i] == '>' || text[i] == '"') return std::nullopt;
    if (text[i] != '&') {
      out += text[i];
      continue;
    }
    bool known = false;
    for (const auto& [reference, character] : {std::pair<std::string_view, char>{"&amp;", '&'},
                                               {"&lt;", '<'},
                                               {"&gt;", '>'},
                                               {"&quot;", '"'},
                                               {"&#39;", '\''}}) {
      if (!text.substr(i).starts_with(reference)) continue;
      out += character;
      i += reference.size() - 1;
      known = true;
      break;
    }
    if (!known) return std::nullopt;
  }
  return out;
}

inline std::optional<Markup> scan_html(std::string_view html) {
  Markup out;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':';
  };
  for (std::size_t at = 0; at < html.size();) {
    const std::size_t open = std::min(html.find('<', at), html.size());
    const auto text = unescaped(html.substr(at, open - at));
    if (!text) return std::nullopt;
    if (!out.read.empty()) out.read.back().text += *text;
    if (open == html.size()) break;
    at = open + 1;
    Markup::Tag tag;
    while (at < html.size() &&
           (letter(html[at]) || (tag.name.empty() && (html[at] == '/' || html[at] == '!'))))
      tag.name += html[at++];
    if (tag.name.empty()) return std::nullopt;
    std::string names = tag.name;
    for (;;) {
      while (at < html.size() && (html[at] == ' ' || html[at] == '\n')) ++at;
      if (at < html.size() && html[at] == '/' && at + 1 < html.size() && html[at + 1] == '>') ++at;
      if (at >= html.size()) return std::nullopt;
      if (html[at] == '>') break;
      std::string name, value;
      while (at < html.size() && letter(html[at])) name += html[at++];
      if (name.empty()) return std::nullopt;
      if (at < html.size() && html[at] == '=') {
        if (++at >= html.size()) return std::nullopt;
        if (html[at] == '"') {
          const std::size_t end = html.find('"', at + 1);
          if (end == std::string_view::npos) return std::nullopt;
          const auto read = unescaped(html.substr(at + 1, end - at - 1));
          if (!read) return std::nullopt;
          value = *read;
          at = end + 1;
        } else {
          while (at < html.size() && letter(html[at])) value += html[at++];
        }
      }
      tag.values[name] = value;
      names += " " + name;
    }
    ++at;
    out.tags.push_back(names);
    out.read.push_back(std::move(tag));
  }
  return out;
}

}  // namespace terpsi::test
