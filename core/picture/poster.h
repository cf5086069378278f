#pragma once
// What a link to a dance looks like: a few of its poses on the dark stage, as the page's shaders light it.

#include "format/dance.h"
#include "picture/picture.h"

namespace terpsi::picture {

inline constexpr int kPosterWidth = 1200, kPosterHeight = 630;  // what link previews ask for

// Every dance gives a picture, also an empty one or one of garbage. The same dance gives the same picture on
// the same machine. Takes about 0.1 s.
Picture draw_poster(const format::Dance& dance);

}  // namespace terpsi::picture
