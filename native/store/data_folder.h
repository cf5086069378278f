#pragma once
// The folder in which one server keeps everything, shared by LocalStore and LocalQueue: DATA/index.sqlite,
// DATA/blobs, DATA/tmp, DATA/lock.
//
//   auto writing = folder.write();
//   if (!writing) return writing.error();
//   auto statement = writing->database().prepare("UPDATE ...");
//   ...
//   return writing->commit();

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "base/result.h"
#include "native/io/descriptor.h"
#include "native/store/blob_store.h"
#include "native/store/sqlite.h"

namespace terpsi::native {

class DataFolder;

// The database locked for one thread, with a transaction that excludes other processes; rolls back unless
// committed.
class Writing {
 public:
  Database& database() { return *database_; }
  // When this returns Ok all changes survive a crash of the machine.
  Status commit() { return transaction_.commit(); }

 private:
  friend class DataFolder;
  Writing(std::unique_lock<std::timed_mutex> lock, Transaction transaction, Database& database)
      : lock_(std::move(lock)), transaction_(std::move(transaction)), database_(&database) {}
  std::unique_lock<std::timed_mutex> lock_;  // outlives the transaction
  Transaction transaction_;
  Database* database_;
};

// The database locked for one thread, for reading.
struct Reading {
  std::unique_lock<std::timed_mutex> lock;
  Database& database;
};

class DataFolder {
 public:
  // For a server: creates what is missing (folders with mode 0700), locks the folder against other servers,
  // migrates the schema, removes what a crash left half-written. Errors: busy (another server uses it), io
  // (cannot be created, read-only, full), unsupported (written by a newer version).
  static Result<std::unique_ptr<DataFolder>> open(const std::string& path);

  // For `terpsi admin`, also beside a running server; changes nothing. Errors: not_found (no data folder),
  // unsupported (written by another version), io, busy.
  static Result<std::unique_ptr<DataFolder>> open_beside(const std::string& path);

  // Errors: busy (locked by this or another process for about 5 s), io.
  Result<Writing> write();
  // Errors: busy.
  Result<Reading> read();

  // Stores a blob and calls `record` with its digest within the transaction that is to refer to it, so that
  // cleanup cannot remove the blob in between. Ok: both survive a crash of the machine. Errors: those of
  // BlobStore::put, write and `record`.
  Status keep_blob(std::span<const std::uint8_t> bytes,
                   const std::function<Status(Database&, const std::string& sha256)>& record);

  // A shared lock: while the descriptor lives, no blob is removed, so that all that a snapshot of the index
  // refers to can be read. Errors: io.
  Result<Descriptor> hold_blobs();
  // The exclusive lock needed to remove blobs; an empty descriptor when it is not free. Errors: io.
  Result<Descriptor> own_blobs();

  BlobStore& blobs() { return blobs_; }
  const BlobStore& blobs() const { return blobs_; }
  const std::string& path() const { return path_; }
  std::string database_path() const { return path_ + "/index.sqlite"; }

 private:
  DataFolder(std::string path, Descriptor lock, BlobStore blobs, Database database)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        blobs_(std::move(blobs)),
        database_(std::move(database)) {}

  std::string path_;
  Descriptor lock_;
  BlobStore blobs_;
  std::timed_mutex mutex_;  // guards the database and all statements of it
  Database database_;
};

// The path of the data folder, the first that is given of: `given`, TERPSI_DATA_FOLDER, STATE_DIRECTORY
// (systemd), XDG_DATA_HOME/terpsi, ~/.local/share/terpsi, terpsi-data in the working directory.
std::string data_folder(const std::string& given);

}  // namespace terpsi::native
