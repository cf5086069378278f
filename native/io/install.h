#pragma once
// Where the program's own files are, in the source tree and when installed.

#include <string>

namespace terpsi::native {

// The folder `name` (e.g. "models", "web/dist") that holds the file `marker`: searched for one folder above
// the executable (the source tree), beside it, in ../share/terpsi, and in the working directory. Empty if
// there is none.
std::string find_folder(const std::string& name, const std::string& marker);

}  // namespace terpsi::native
