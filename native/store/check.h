#pragma once
// Verifies a whole data folder: `terpsi admin verify`.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

struct CheckReport {
  std::int64_t dances = 0, results = 0, blobs = 0, bytes = 0;
  std::vector<std::string> damages;  // one sentence for each thing that is damaged or missing
  // Blobs without a reference (cleanup removes them) and files that do not belong to the folder.
  std::vector<std::string> notes;
};

// Reads every blob and compares it with its name, decodes every dance and result and compares it with its row,
// checks the index itself and that every blob it names exists. Safe beside a running server. Errors: io, busy
// (the check could not be made).
Result<CheckReport> check_folder(DataFolder& folder);

}  // namespace terpsi::native
