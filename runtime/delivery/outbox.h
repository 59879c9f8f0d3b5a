#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// Where bytes are in the outbox; what a commit holds of them.
struct OutboxChunk {
  uint64_t file = 0;
  int64_t offset = 0;
  int64_t size = 0;
  uint64_t sum = 0;  ///< XXH3, 64 bits, of the bytes

  /// `FILE OFFSET SIZE SUM`; parts of a sink's state in a commit.
  std::string ToText() const;
  /// Reads the four numbers at the start of `text` and removes them from it. DataLoss.
  static Result<OutboxChunk> FromText(std::string_view& text);
  bool operator==(const OutboxChunk&) const = default;
};

/// Bytes that are on their way to targets which need them sent again after a crash, in the target's
/// encoding: one log per pipeline for all sinks, so that a checkpoint syncs one file (guarantees.md
/// rule 4). Thread-safe.
///
/// Append as rows are frozen; Sync before the commit; the commit lists the chunks; Release when the
/// target has acknowledged one. A later run Keeps what its last commit lists, then RemoveUnlisted.
class Outbox {
 public:
  /// `file_bytes`: a file takes no more chunks from this size on.
  explicit Outbox(std::string folder, int64_t file_bytes = int64_t{64} << 20);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Makes the folder; finds the files of earlier runs.
  Status Open();

  /// On a full disk the bytes stay in memory until Sync finds room for them, so that rows at hand
  /// are not lost: checkpoints fail meanwhile, and sources pause.
  Result<OutboxChunk> Append(std::string_view bytes);
  /// What was appended so far is durable when it returns. ResourceExhausted: there is no room.
  Status Sync();
  /// DataLoss: the file is gone or damaged, named.
  Result<std::string> Read(const OutboxChunk& chunk) const;
  /// The bytes are not needed any more. A file goes when this is said of all its chunks.
  void Release(const OutboxChunk& chunk);

  /// After Open, for every chunk of the last commit: it stays until it is released.
  void Keep(const OutboxChunk& chunk);
  /// Removes files without a chunk that is kept. Once, before the first Append.
  Status RemoveUnlisted();

  /// Files that hold chunks (before RemoveUnlisted: that may hold some), as full paths, and keeps
  /// them until Unpin, so that a snapshot can copy them. What is appended later may be in them too.
  std::vector<std::string> Pin();
  void Unpin();

  /// Of chunks that are not released.
  int64_t waiting_bytes() const;

 private:
  struct File {
    int64_t size = 0;
    int64_t chunks = 0;  ///< not released
  };
  struct Unwritten {
    int64_t offset;
    std::string bytes;
  };
  std::string PathOf(uint64_t file) const;
  Status StartFile();
  Status CreateFile();
  Status WriteAt(int64_t offset, std::string_view bytes);
  Status WriteUnwritten();
  void RemoveIfDone(uint64_t file);

  const std::string folder_;
  const int64_t file_bytes_;
  mutable std::mutex mutex_;
  std::map<uint64_t, File> files_;
  uint64_t current_ = 0;  ///< 0: none
  int descriptor_ = -1;   ///< of the current one
  bool unsynced_ = false, unnamed_ = false;
  std::deque<Unwritten> unwritten_;  ///< chunks of the current file for which there was no room
  int64_t waiting_bytes_ = 0;
  int pins_ = 0;
  bool listed_ = false;  ///< RemoveUnlisted has been called: files without chunks are not needed
};

}  // namespace weir
