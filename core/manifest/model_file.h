#pragma once
// What every entry of models/manifest.json says of its network's file.

#include <cstdint>
#include <string>

namespace terpsi::manifest {

struct ModelFile {
  std::string name, file, sha256, licence, card;  // card: file name
  std::int64_t bytes = 0;

  bool research_only() const { return licence.find("research") != std::string::npos; }
};

}  // namespace terpsi::manifest
