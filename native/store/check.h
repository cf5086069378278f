#pragma once
// Checks a whole data folder: `terpsi admin verify`.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "native/store/data_folder.h"

namespace terpsi::native {

struct CheckReport {
  std::int64_t dances = 0, results = 0, blobs = 0, bytes = 0;
  std::vector<std::string> damages;  // sentences that name what is damaged or missing
  std::vector<std::string>
      notes;  // blobs that nothing refers to (cleanup removes them), files that do not belong
};

// Reads every blob and compares it with its name, decodes every dance and result and compares it with its
// row, checks the index itself and that every blob it names is there. Safe beside a running server. Errors:
// io, busy (the check could not be made).
Result<CheckReport> check_folder(DataFolder& folder);

}  // namespace terpsi::native
