#pragma once
// The song as a picture: sections, waveform, beats, foot contacts, play head. Drag to scrub, shift-drag to
// choose what to loop, wheel to zoom, double click to see everything; a press on a section offers styles for
// it.

#include <array>

#include "app.h"

namespace terpsi::view {

// Draws at the cursor of the current Dear ImGui window, `width` x `height` CSS pixels.
void draw_timeline(App& app, float width, float height);

// Where a section's band was drawn: its middle and half its width, CSS pixels (x, y, half width); zeros when
// it was not.
std::array<float, 3> section_place(const App& app, int index);

}  // namespace terpsi::view
