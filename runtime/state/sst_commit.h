#pragma once

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace weir {

/// A big commit as sorted files that RocksDB takes over in one step: all of them or none, since one
/// edit of its manifest names them all. Half of the CPU of a write batch and no copy in memory.
/// Keys must come in ascending order. Files that are not taken over are removed.
class SstCommit {
 public:
  /// Files `<scratch>/commit-<epoch>-<n>.sst`, on the file system of the store.
  SstCommit(rocksdb::DB* db, std::string scratch, uint64_t epoch);
  ~SstCommit();
  SstCommit(const SstCommit&) = delete;
  SstCommit& operator=(const SstCommit&) = delete;

  rocksdb::Status Put(std::string_view key, std::string_view value);
  rocksdb::Status Delete(std::string_view key);
  /// What the store has from `begin` up to before `end`, not what this commit puts there: that
  /// comes later, into the same file or one that RocksDB takes over as newer.
  rocksdb::Status DeleteRange(std::string_view begin, std::string_view end);
  /// What follows goes into a file of its own, so that the range of each stays narrow.
  rocksdb::Status Cut();
  /// Durable when it returns OK.
  rocksdb::Status Ingest();

 private:
  rocksdb::Status Ready();

  rocksdb::DB* db_;
  const rocksdb::Options options_;
  const std::string scratch_;
  const uint64_t epoch_;
  std::unique_ptr<rocksdb::SstFileWriter> writer_;
  std::vector<std::string> files_;
};

}  // namespace weir
