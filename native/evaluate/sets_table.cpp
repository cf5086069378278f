#include "native/evaluate/sets_table.h"

#include <cstdio>

namespace terpsi::native {

using Json = nlohmann::ordered_json;

std::string sets_table(const Json& evaluation) {
  struct Column {
    const char *heading, *key;
    double scale;
    int digits;
  };
  const Column columns[] = {{"dances", "dances", 1, 0},
                            {"BAS", "bas", 1, 3},
                            {"chance", "bas_chance", 1, 3},
                            {"F1", "beat_f1", 1, 3},
                            {"skate", "foot_skate", 1, 3},
                            {"glide", "glide", 1, 2},
                            {"gl cm/s", "glide_speed", 100, 0},
                            {"any gl", "glide_any", 1, 2},
                            {"swing cm", "swing_height", 100, 1},
                            {"planted", "planted", 1, 2},
                            {"pfc", "pfc", 1, 2},
                            {"freeze%", "freeze", 100, 1},
                            {"m/s", "magnitude", 1, 2},
                            {"ratio", "magnitude_ratio", 1, 2},
                            {"jit mm", "jitter", 1000, 1},
                            {"FID_k", "fid_k", 1, 1},
                            {"FID_g", "fid_g", 1, 1},
                            {"Div_k", "div_k", 1, 2},
                            {"Div_g", "div_g", 1, 2},
                            {"style%", "style_accuracy", 100, 0},
                            {"repeat", "repetition", 1, 2},
                            {"rep 5cm", "repetition_5cm", 1, 2},
                            {"but ret", "repetition_5cm_but_returns", 1, 2},
                            {"jerk pk", "jerk_peak", 1, 1},
                            {"novel cm", "novelty", 100, 1}};
  std::string out;
  char cell[64];
  const auto add = [&](const char* format, auto... values) {
    std::snprintf(cell, sizeof cell, format, values...);
    out += cell;
  };
  add("%-16s", "set");
  for (const Column& c : columns) add(" %8s", c.heading);
  const auto row = [&](const std::string& name, const Json& figures) {
    out += '\n';
    add("%-16.16s", name.c_str());
    for (const Column& c : columns) {
      const auto found = figures.find(c.key);
      if (found == figures.end())
        add(" %8s", "-");
      else
        add(" %8.*f", c.digits, found->template get<double>() * c.scale);
    }
  };
  if (const auto reference = evaluation.find("reference"); reference != evaluation.end()) {
    Json figures = *reference;
    figures["dances"] = figures["clips"];
    row("(reference)", figures);
  }
  for (const Json& set : evaluation["sets"]) row(set["name"].get<std::string>(), set);
  return out + '\n';
}

}  // namespace terpsi::native
