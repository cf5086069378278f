// Runs a fuzz target over the files of a corpus folder without a fuzzer: every file as it is, cut at up to 64
// places, and with up to 512 seeded byte changes. The same inputs every time. Exit code 1 when the folder
// holds no file; a crash or a sanitiser report ends the process.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

// A copy of exactly the bytes, so that AddressSanitizer sees a read past the end.
void run(const Bytes& input) {
  const Bytes exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::size_t replay(const Bytes& input, std::uint32_t seed) {
  constexpr std::size_t kCuts = 64;
  constexpr std::size_t kChanges = 512;
  std::size_t runs = 1;
  run(input);
  if (input.empty()) return runs;

  const std::size_t step = std::max<std::size_t>(1, input.size() / kCuts);
  for (std::size_t length = 0; length < input.size(); length += step, ++runs) {
    run(Bytes(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(length)));
  }

  std::mt19937 random(seed);
  // Large inputs get fewer changes: about 64 MB of work in all.
  const std::size_t changes = std::clamp<std::size_t>((64u << 20) / input.size(), 16, kChanges);
  for (std::size_t i = 0; i < changes; ++i, ++runs) {
    Bytes changed = input;
    const std::size_t count = 1 + random() % 4;
    for (std::size_t k = 0; k < count; ++k) {
      // Half of the changes hit the first 256 bytes, where formats keep their headers.
      const std::size_t range =
          random() % 2 == 0 ? std::min<std::size_t>(256, changed.size()) : changed.size();
      changed[random() % range] = static_cast<std::uint8_t>(random());
    }
    run(changed);
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i], error)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "No corpus file found. Usage: %s FOLDER...\n", argc > 0 ? argv[0] : "fuzz");
    return 1;
  }

  std::size_t runs = 0;
  std::uint32_t seed = 1;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const Bytes bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    runs += replay(bytes, seed++);
  }
  std::printf("%zu files, %zu inputs, no crash\n", files.size(), runs);
  return 0;
}
