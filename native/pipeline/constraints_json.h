#pragma once
// Constraints as people write them: a JSON file, described in docs/constraints.md.

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "format/dance.h"
#include "generate/constrain/constraints.h"

namespace terpsi::native {

// Loads a dance by the name that stands in the file.
using DanceLoader = std::function<Result<format::Dance>(const std::string& name)>;

// Every dance is loaded once. Errors name the field, such as "keyframes[2].rotations.l_elbow": bad_format
// (not JSON, not version 1, keys twice, wrong types, numbers out of range), too_large (limits.h), and those
// of the loader. Times against the song are checked later, by generate::validate.
Result<generate::Constraints> constraints_from_json(std::string_view text, const DanceLoader& load);

// The file, and the dances it names relative to its folder (.dance, .bvh, .json; brought to 30 frames per
// second). Errors: not_found, io, too_large, and those above.
Result<generate::Constraints> load_constraints(const std::string& path);

}  // namespace terpsi::native
