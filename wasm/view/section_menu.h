#pragma once
// The sections of the song as a row of bands, and the menu of styles that a press on one opens.

#include <string>

#include "app.h"

namespace terpsi::view {

// "A" and so on; sections of one label sound alike.
std::string section_letter(const App& app, int section);
// Style danced in a section: its own or that of the dance.
std::string section_style(const App& app, int section);
// Number of the section heard now; -1 without sections.
int section_now(const App& app);

// Opens the menu of `section` when it is drawn next.
void offer_styles(App& app, int section);
// Call once a frame from the window that has the bands; the menu stands above `x`, `y` (CSS pixels).
void draw_section_menu(App& app, float x, float y);

}  // namespace terpsi::view
