#pragma once
// Which style is danced where.
//
// As people write it: places and styles, separated by commas,
//   intro=hiphop, A=house, B2=waack, chorus=salsa, 45-60=break, 1:30-end=pop
// A place is
//   A, B, ...       every section of that kind; the kind heard first is A
//   A2              the second time that A comes
//   intro, outro    the first and the last section
//   chorus          the loudest kind of section that comes more than once (the loudest of all if none does)
//   1, 2, ...       the first, second, ... section
//   45-60           seconds; 1:30 is a minute and a half, end is the end of the song
// What is not named is danced in the dance's own style; of two that name one place the later wins.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "generate/plan/song_shape.h"
#include "manifest/model_info.h"

namespace terpsi::generate {

struct SectionStyle {
  enum class Place { kind, intro, outro, chorus, number, range };
  Place place = Place::intro;
  int kind = 0;             // kind: 0 is A
  int occurrence = 0;       // kind: 1 is the first, 0 every one
  int number = 0;           // number: 1 is the first section
  double from = 0, to = 0;  // range, seconds; to may be infinite
  std::string style;        // a name, not checked yet
};

// Errors: invalid_argument naming the part that is not understood and what to write; too_large.
Result<std::vector<SectionStyle>> parse_section_styles(std::string_view text);

// From `start` on the style is `style`, until the next span.
struct StyleSpan {
  double start = 0;  // seconds
  int style = 0;     // index into ModelInfo::styles
};

// The styles over [0, duration), at least one span, the first from 0, neighbours different. Errors: not_found
// (unknown style, or a place that this song does not have; the message lists what there is).
Result<std::vector<StyleSpan>> style_spans(const std::vector<SectionStyle>& wishes, const SongShape& shape,
                                           double duration, const manifest::ModelInfo& model, int own_style);

}  // namespace terpsi::generate
