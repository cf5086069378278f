#pragma once
// Copies of a data folder, made while a server uses it.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

struct BackupReport {
  std::int64_t dances = 0, blobs = 0, bytes = 0;
  std::vector<std::string> damages;  // blobs that could not be copied, by name; all others were
};

// Writes a data folder as it is at one moment to `target`, which is made, or is an empty folder. When this
// returns Ok it survives a crash of the machine; before, it holds no index and cannot be taken for a whole
// one. It may be used as data folder as it is. Errors: invalid_argument (not empty), io (disk full), busy.
Result<BackupReport> back_up(DataFolder& folder, const std::string& target);

}  // namespace terpsi::native
