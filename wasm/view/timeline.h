#pragma once
// The song as a picture: sections, waveform, beats, foot contacts, play head. Drag to scrub, shift-drag to
// choose what to loop, wheel to zoom, double click to see everything.

#include "app.h"

namespace terpsi::view {

// Draws at the cursor of the current Dear ImGui window, `width` x `height` CSS pixels.
void draw_timeline(App& app, float width, float height);

}  // namespace terpsi::view
