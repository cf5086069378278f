#include "generate/plan/style_profiles.h"

#include <algorithm>

namespace terpsi::generate {

// Tempi, beat and sound are what teachers of these styles play: house is 118 to 130 with a kick on every
// beat; hip-hop sits between 80 and 112 on a heavy backbeat; locking is bright funk, popping slower and
// heavier; krump is hard and dark; break is fast, busy breakbeat; salsa counts 150 to 220 with its bass off
// the beat; jazz and modern follow melody rather than drums; the shuffle is danced to hard four-on-the-floor,
// Charleston to swing, Indian and folk dances to tunes without a backbeat.
const std::vector<StyleProfile>& style_profiles() {
  // clang-format off
  static const std::vector<StyleProfile> table = {
      {"balletjazz", true, 80, 140, -0.15, 0.35,
       {{kPercussion, 0, 0.25, 1.0}, {kTonality, 0.5, 1, 0.4}, {kEnergy, 0.15, 0.6, 0.3}, {kBass, 0, 0.6, 0.3}}},
      {"modern", true, 50, 110, 0.1, 0.35,
       {{kPercussion, 0, 0.2, 0.9}, {kEnergy, 0, 0.4, 0.7}, {kTonality, 0.4, 1, 0.3}, {kBrightness, 0, 0.5, 0.2}}},
      {"break", true, 104, 145, 0.5, 0,
       {{kPercussion, 0.7, 1, 0.6}, {kEnergy, 0.6, 1, 0.6}, {kFourFloor, 0, 0.4, 0.6}, {kBackbeat, 0.3, 1, 0.3}}},
      {"hiphop", true, 80, 112, 0.5, 0,
       {{kPercussion, 0.3, 0.8, 0.6}, {kBass, 0.5, 1, 0.4}, {kBackbeat, 0.4, 1, 0.5}, {kFourFloor, 0, 0.6, 0.3},
        {kEnergy, 0.3, 0.75, 0.3}}},
      {"lahiphop", true, 88, 118, 0.5, 0,
       {{kPercussion, 0.6, 1, 0.5}, {kBass, 0.4, 1, 0.3}, {kBackbeat, 0.4, 1, 0.4}, {kBrightness, 0.4, 1, 0.3},
        {kEnergy, 0.6, 0.9, 0.4}}},
      {"house", true, 118, 130, 0.5, 0,
       {{kFourFloor, 0.6, 1, 1.1}, {kPercussion, 0.25, 1, 0.9}, {kBass, 0.4, 1, 0.3},
        {kEnergy, 0.4, 1, 0.3}}},
      {"krump", true, 76, 102, 0.5, 0,
       {{kPercussion, 0.7, 1, 0.5}, {kBass, 0.7, 1, 0.7}, {kEnergy, 0.65, 1, 0.6}, {kBrightness, 0, 0.5, 0.3},
        {kTonality, 0, 0.5, 0.3}}},
      {"lock", true, 96, 122, 0.5, 0,
       {{kPercussion, 0.4, 0.9, 0.5}, {kBrightness, 0.5, 1, 0.5}, {kBackbeat, 0.4, 1, 0.4}, {kBass, 0.1, 0.6, 0.3},
        {kTonality, 0.4, 1, 0.2}}},
      {"pop", true, 84, 112, 0.5, 0,
       {{kPercussion, 0.3, 0.8, 0.5}, {kFourFloor, 0.2, 0.8, 0.2}, {kBass, 0.4, 0.9, 0.3}, {kBackbeat, 0.3, 1, 0.3},
        {kEnergy, 0.2, 0.5, 0.4}}},
      {"pop_idol", true, 116, 160, 0.4, 0,
       {{kPercussion, 0.3, 0.8, 0.4}, {kBrightness, 0.4, 1, 0.5}, {kTonality, 0.5, 1, 0.4}, {kEnergy, 0.5, 0.8, 0.3},
        {kFourFloor, 0, 0.6, 0.3}}},
      {"salsa", true, 150, 220, 0.8, 0,
       {{kLatin, 0.4, 1, 1.4}, {kBackbeat, 0, 0.4, 0.3}, {kEnergy, 0.4, 1, 0.3}}},
      {"streetjazz", true, 92, 128, 0.2, 0,
       {{kPercussion, 0.1, 0.6, 0.6}, {kTonality, 0.5, 1, 0.3}, {kSwing, 0.2, 1, 0.2}, {kEnergy, 0.3, 0.7, 0.3},
        {kBrightness, 0.3, 1, 0.2}}},
      {"waack", true, 108, 118, 0.5, 0,
       {{kFourFloor, 0.4, 1, 0.6}, {kBrightness, 0.6, 1, 0.6}, {kTonality, 0.5, 1, 0.4}, {kPercussion, 0.25, 0.8, 0.4},
        {kBackbeat, 0.7, 1, 0.5}}},
      {"commercial", true, 98, 128, 0.4, 0,
       {{kPercussion, 0.3, 0.9, 0.5}, {kBrightness, 0.3, 1, 0.3}, {kTonality, 0.3, 1, 0.3}, {kEnergy, 0.35, 0.85, 0.3},
        {kBackbeat, 0.2, 1, 0.3}, {kFourFloor, 0, 0.6, 0.4}}},
      {"mj", true, 102, 118, 0.5, 0,
       {{kPercussion, 0.5, 0.9, 0.5}, {kBass, 0.4, 0.9, 0.4}, {kBackbeat, 0.5, 1, 0.5}, {kFourFloor, 0, 0.6, 0.4},
        {kEnergy, 0.4, 0.8, 0.3}}},
      {"shuffle", true, 127, 136, 0.5, 0,
       {{kFourFloor, 0.7, 1, 1.1}, {kPercussion, 0.5, 1, 0.8}, {kEnergy, 0.8, 1, 0.9}, {kBrightness, 0.4, 1, 0.3}}},
      {"disco", true, 104, 122, 0.5, 0,
       {{kFourFloor, 0.6, 1, 0.8}, {kBrightness, 0.6, 1, 0.6}, {kBackbeat, 0.7, 1, 0.7}, {kBass, 0.3, 0.9, 0.3},
        {kTonality, 0.4, 1, 0.3}}},
      {"jazz", true, 84, 140, 0.2, 0.1,
       {{kSwing, 0.3, 1, 0.7}, {kPercussion, 0.1, 0.6, 0.5}, {kTonality, 0.5, 1, 0.4}, {kFourFloor, 0, 0.4, 0.3}}},
      {"charleston", true, 96, 130, 0.6, 0,
       {{kSwing, 0.4, 1, 1.0}, {kPercussion, 0.1, 0.6, 0.4}, {kTonality, 0.5, 1, 0.4}, {kEnergy, 0.4, 0.9, 0.3}}},
      {"indian", true, 80, 132, 0.3, 0.1,
       {{kPercussion, 0.1, 0.6, 0.5}, {kTonality, 0.6, 1, 0.6}, {kBackbeat, 0, 0.3, 0.6}, {kFourFloor, 0, 0.4, 0.4},
        {kBass, 0, 0.5, 0.3}}},
      {"folk", true, 92, 132, 0.2, 0.1,
       {{kPercussion, 0, 0.3, 0.8}, {kTonality, 0.6, 1, 0.5}, {kBackbeat, 0, 0.3, 0.4}, {kEnergy, 0.3, 0.8, 0.5},
        {kBass, 0, 0.5, 0.2}}},
      {"ballet", true, 60, 116, -0.1, 0.3,
       {{kPercussion, 0, 0.12, 1.0}, {kTonality, 0.5, 1, 0.5}, {kEnergy, 0.1, 0.5, 0.5}, {kBass, 0, 0.5, 0.3}}},
      {"freestyle", true, 85, 130, 0.4, 0.3,
       {{kPercussion, 0.2, 0.7, 0.5}, {kEnergy, 0.35, 0.7, 0.4}}},
      {"chacha", false, 110, 132, 0.8, 0,
       {{kLatin, 0.3, 1, 1.0}, {kPercussion, 0.3, 1, 0.4}, {kBackbeat, 0, 0.6, 0.2}}},
      {"rumba", false, 90, 112, 0.8, 0,
       {{kLatin, 0.3, 1, 1.0}, {kPercussion, 0.1, 0.6, 0.4}, {kEnergy, 0, 0.5, 0.3}}},
      {"tango", false, 115, 135, 0.8, 0.2,
       {{kPercussion, 0, 0.3, 0.7}, {kTonality, 0.5, 1, 0.4}, {kEnergy, 0.3, 0.7, 0.4}}},
      {"waltz", false, 80, 180, -1.2, 0,
       {{kPercussion, 0, 0.5, 1.0}, {kTonality, 0.4, 1, 0.8}, {kEnergy, 0, 0.8, 0.6}}}};
  // clang-format on
  return table;
}

const StyleProfile* style_profile(std::string_view name) {
  for (const StyleProfile& p : style_profiles()) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

manifest::ModelInfo open_styles() {
  manifest::ModelInfo model;
  for (const StyleProfile& p : style_profiles()) {
    if (p.open) model.styles.push_back({std::string(p.name), 0, 0});
  }
  std::sort(model.styles.begin(), model.styles.end(),
            [](const manifest::Style& a, const manifest::Style& b) { return a.name < b.name; });
  return model;
}

}  // namespace terpsi::generate
