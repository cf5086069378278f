#pragma once
// Where the repository's own files are that tests read.

#include <string>

namespace terpsi::project {

// A path of the source tree, such as source_path("models"); absolute.
std::string source_path(const std::string& relative);

// The executable `terpsi` of the same build; absolute. Native tests only.
std::string executable_path();

}  // namespace terpsi::project
