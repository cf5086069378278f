#pragma once
// Backups of a data folder, made while a server uses it.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

struct BackupReport {
  std::int64_t dances = 0, blobs = 0, bytes = 0;
  std::vector<std::string> damages;  // one sentence for each blob that could not be copied; all others were
};

// Writes a snapshot of the data folder to `target`, which is created or must be empty; the snapshot is itself a
// data folder. When this returns Ok it survives a crash of the machine; until then it has no index and cannot
// be mistaken for a complete one. Errors: invalid_argument (not empty), io (disk full), busy.
Result<BackupReport> back_up(DataFolder& folder, const std::string& target);

}  // namespace terpsi::native
