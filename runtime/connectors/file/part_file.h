#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/connectors/file/byte_writer.h"

namespace weir {

/// The bytes of a part on their way into its file. A disk that is full does not fail a write: what
/// has no room is kept in memory, in order, until `Settle` finds some. Thread-safe: a worker
/// writes, the committer settles.
class PartFile {
 public:
  /// Overwrites `path`. Without room for the file itself everything is kept.
  static Result<std::shared_ptr<PartFile>> Create(const std::string& path);
  explicit PartFile(std::string path) : path_(std::move(path)) {}
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();

  /// Fails for everything but want of room.
  Status Write(std::string_view bytes);
  /// Tries again to write what is kept. ResourceExhausted: there still is no room for it.
  Status Settle();
  /// No more bytes follow: closes the file, now or once it is settled.
  Status Finish();
  /// Bytes given to Write.
  int64_t size() const;
  /// Bytes that have no room.
  int64_t kept() const;

 private:
  Status Open();
  /// Writes as much of `bytes` as there is room for, and removes it from them.
  Status WriteSome(std::string_view& bytes);
  Status SettleLocked();
  Status Close();
  void WriteBack();

  const std::string path_;
  mutable std::mutex mutex_;
  int file_ = -1;
  bool created_ = false;
  bool finished_ = false;
  std::string kept_;
  int64_t written_ = 0;
  int64_t started_ = 0;  ///< up to here the disk has it or is being given it
};

/// `part` as the end of a chain of writers, packed on the way if asked.
std::unique_ptr<ByteWriter> WriteInto(std::shared_ptr<PartFile> part, std::string_view compression);

}  // namespace weir
