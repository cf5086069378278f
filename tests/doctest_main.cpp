// main() of the test executables. The home folder, where the user's own dances are, is an empty one meanwhile;
// that nothing is left there is part of the test.
#define DOCTEST_CONFIG_IMPLEMENT
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "doctest/doctest.h"

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::string home = (fs::temp_directory_path() / "terpsi-empty-home-XXXXXX").string();
  if (mkdtemp(home.data()) == nullptr) return std::perror("mkdtemp"), 1;
  setenv("HOME", home.c_str(), 1);
  setenv("XDG_DATA_HOME", (home + "/data").c_str(), 1);
  for (const char* other : {"TERPSI_DATA_FOLDER", "STATE_DIRECTORY"}) unsetenv(other);

  const int code = doctest::Context(argc, argv).run();
  const bool empty = fs::is_empty(home);
  if (!empty) std::fprintf(stderr, "the tests wrote to the home folder; see %s\n", home.c_str());
  if (empty) fs::remove(home);
  return empty ? code : 1;
}
