#pragma once
// The preview picture of a dance: a few of its poses on the dark stage, lit as by the page's shaders.

#include "format/dance.h"
#include "picture/picture.h"

namespace terpsi::picture {

inline constexpr int kPosterWidth = 1200, kPosterHeight = 630;  // pixels, the size of link previews

// Every dance gives a picture, even an empty or a corrupt one. The same dance gives the same picture on the
// same machine. Takes about 0.1 s.
Picture draw_poster(const format::Dance& dance);

}  // namespace terpsi::picture
