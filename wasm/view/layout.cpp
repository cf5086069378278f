#include "layout.h"

#include <algorithm>

#include "theme.h"

namespace terpsi::view {

Rect transport_area(const App& app) {
  const float margin = narrow(app) ? 8.f : kMargin;
  const float height = std::min(kTransportHeight, app.height * 0.45f);
  return {margin, app.height - height - margin, app.width - 2 * margin, height};
}

Rect settings_area(const App& app) {
  const Rect below = transport_area(app);
  const float width = std::min(kSettingsWidth, app.width - 2 * below.x);
  const float top = app.top + 6.f;
  return {app.width - width - below.x, top, width, std::max(80.f, below.y - 10.f - top)};
}

Rect free_area(const App& app) {
  if (app.on(kBare)) return {0.f, app.top, app.width, std::max(60.f, app.height - app.top)};
  const Rect below = transport_area(app);
  const bool card = app.on(kHasSong) && !narrow(app);
  const float bottom = app.on(kHasSong) ? below.y : app.height;
  return {0.f, app.top, card ? settings_area(app).x : app.width, std::max(60.f, bottom - app.top)};
}

}  // namespace terpsi::view
