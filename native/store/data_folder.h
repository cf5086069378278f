#pragma once
// The folder in which one server keeps everything: DATA/index.sqlite, DATA/blobs, DATA/tmp, DATA/lock.
// LocalStore and LocalQueue share one DataFolder.
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

// The database locked for one thread, and a transaction against other processes; rolls back unless committed.
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

// The database locked for one thread, to read.
struct Reading {
  std::unique_lock<std::timed_mutex> lock;
  Database& database;
};

class DataFolder {
 public:
  // For a server: makes what is missing (folders with mode 0700), locks the folder against other servers,
  // brings the schema up to date, removes what a crash left half-written. Errors: busy (another server has
  // it), io (cannot be made, read-only, full), unsupported (written by a newer version).
  static Result<std::unique_ptr<DataFolder>> open(const std::string& path);

  // For `terpsi admin`, also beside a running server: changes nothing by itself. Errors: not_found (no data
  // folder), unsupported (written by another version), io, busy.
  static Result<std::unique_ptr<DataFolder>> open_beside(const std::string& path);

  // Errors: busy (locked by this or another process for some 5 s), io.
  Result<Writing> write();
  // Errors: busy.
  Result<Reading> read();

  // Puts a blob and calls `record` with its digest in the transaction that is to refer to it, so that cleanup
  // never removes the blob in between. Ok: both survive a crash of the machine. Errors: of BlobStore::put,
  // write and `record`.
  Status keep_blob(std::span<const std::uint8_t> bytes,
                   const std::function<Status(Database&, const std::string& sha256)>& record);

  // While the descriptor lives, blobs stay: for whoever reads what the index refers to one after the other.
  // Errors: io.
  Result<Descriptor> hold_blobs();
  // While it lives, nobody else removes or holds blobs. An empty descriptor when somebody does. Errors: io.
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
  std::timed_mutex mutex_;  // guards the next, and all statements of it
  Database database_;
};

// Where the data folder is: `given` unless empty, else TERPSI_DATA_FOLDER, STATE_DIRECTORY (systemd),
// XDG_DATA_HOME/terpsi, ~/.local/share/terpsi, terpsi-data in the working directory: the first that there is.
std::string data_folder(const std::string& given);

}  // namespace terpsi::native
