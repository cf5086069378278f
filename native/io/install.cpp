#include "native/io/install.h"

#include <filesystem>
#include <vector>

namespace terpsi::native {

std::string find_folder(const std::string& name, const std::string& marker) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  std::vector<fs::path> roots;
  if (!error) {
    const fs::path folder = executable.parent_path();
    roots = {folder.parent_path(), folder, folder.parent_path() / "share" / "terpsi"};
  }
  roots.push_back(".");
  for (const fs::path& root : roots) {
    if (fs::is_regular_file(root / name / marker, error)) return (root / name).lexically_normal().string();
  }
  return {};
}

}  // namespace terpsi::native
