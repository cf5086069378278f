// The only file that is compiled with paths of this machine, so that the others' objects can be shared by checkouts.

#include "source_path.h"

namespace terpsi::project {

std::string source_path(const std::string& relative) {
  return std::string(TERPSI_SOURCE_DIR "/") + relative;
}

std::string executable_path() {
  return TERPSI_EXECUTABLE;
}

}  // namespace terpsi::project
