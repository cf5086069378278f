#pragma once
// Files named by their content: FOLDER/blobs/ab/abcdef... (SHA-256, 64 hexadecimal digits). A blob is complete
// or absent: it is written in FOLDER/tmp, synchronised and renamed. Symbolic links inside the folder are never
// followed. All functions may be called from any thread, and by several processes at once.
//
// Blobs that nothing in the database refers to are removed by cleanup.h, so whatever puts a blob must also
// record the reference, as DataFolder::keep_blob does.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "native/io/descriptor.h"

namespace terpsi::native {

struct BlobInfo {
  std::string sha256;
  std::int64_t bytes = 0;
  std::int64_t modified = 0;  // when it was last put, seconds since 1970
};

struct BlobList {
  std::vector<BlobInfo> blobs;      // ascending by sha256
  std::vector<std::string> strays;  // other files found there, relative to the folder
};

class BlobStore {
 public:
  // FOLDER exists; FOLDER/blobs and FOLDER/tmp are created when `create` is set. Errors: io, not_found (absent
  // and not created).
  static Result<BlobStore> open(const std::string& folder, bool create);

  // Stores the bytes and returns their digest; when this returns Ok they survive a crash of the machine.
  // Storing them again is Ok and repairs a damaged blob. Errors: empty, too_large (limits::kMaxBlobBytes), io
  // (disk full: nothing is left behind).
  Result<std::string> put(std::span<const std::uint8_t> bytes);

  // The bytes, verified against their name. Errors: not_found, bad_format (not the bytes that were put), io.
  Result<std::vector<std::uint8_t>> get(std::string_view sha256) const;

  bool has(std::string_view sha256) const;

  // Errors: io.
  Result<BlobList> list() const;

  // Ok also when it is absent. Errors: invalid_argument (not a digest), io.
  Status remove(std::string_view sha256);

  // Removes what a crash left in tmp. Only for the one process that stores blobs. Errors: io.
  Status clear_temporary();

  // Writes and removes a small file. Errors: io.
  Status probe() const;

 private:
  BlobStore(std::string folder, Descriptor blobs, Descriptor temporary)
      : folder_(std::move(folder)), blobs_(std::move(blobs)), temporary_(std::move(temporary)) {}
  Status write(const std::string& sha256, std::span<const std::uint8_t> bytes, int prefix) const;

  std::string folder_;  // for messages
  Descriptor blobs_, temporary_;
  // For each of the folders 00 to ff: it exists, and will after a crash.
  std::unique_ptr<std::array<std::atomic<bool>, 256>> made_ =
      std::make_unique<std::array<std::atomic<bool>, 256>>();
};

// Makes the entries of a folder (names added, removed, renamed) survive a crash of the machine. Errors: io.
Status sync_folder(const std::string& path);

}  // namespace terpsi::native
