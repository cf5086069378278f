#pragma once
// Where the cards lie, in CSS pixels. Wide windows: settings at the right, transport below. Narrow ones:
// transport below, settings as a sheet on top of it that can be closed.

#include "app.h"

namespace terpsi::view {

inline constexpr float kNarrow = 760.f;  // narrower windows have the sheet
inline constexpr float kSettingsWidth = 268.f;
inline constexpr float kTransportHeight = 172.f;

inline bool narrow(const App& app) {
  return app.width < kNarrow;
}

Rect transport_area(const App& app);
// Greatest extent; the card is as high as its contents.
Rect settings_area(const App& app);

}  // namespace terpsi::view
