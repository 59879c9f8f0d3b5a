#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace weir::simulation {

/// What a life did, in order.
enum class Tag : uint8_t {
  // Changes of the disk; folders and files by inode number.
  kLink,        ///< a: folder, b: inode, c: 1 a folder, x: name
  kUnlink,      ///< a: folder, x: name
  kRename,      ///< a: folder, b: new folder, x: name, y: new name
  kWrite,       ///< a: inode, b: offset, x: bytes
  kTruncate,    ///< a: inode, b: size
  kSync,        ///< a: inode
  kFailedSync,  ///< a: inode; what was written before is in the cache only
  // Changes of the remote target.
  kClaim,   ///< x: sink, y: owner
  kInsert,  ///< x: sink, y: see RemoteTarget
  // The engine, as seen from outside.
  kRestored,   ///< a: the commit that the life goes on from
  kPosition,   ///< a: partition, b: records before its position at the start, x: source
  kLedger,     ///< a: rows in, b: rows out, c: late, x: node; of the commit
  kViewRow,    ///< x: JSON; of the commit
  kFrozen,     ///< a: epoch, b: worker, x: sink, y: rows, a line each
  kCommitted,  ///< a: epoch
  kEnded,      ///< a: status code, b: commits, c: rounds, x: message; the life was not killed
  kProblem,    ///< x: an invariant that does not hold
  kChoice,     ///< x: what the life chose to do, for people
};

struct Entry {
  Tag tag = Tag::kProblem;
  uint64_t a = 0, b = 0, c = 0;
  std::string_view x, y;
};

/// Memory that the simulation and its lives, which are processes of their own, share: what a life
/// did is still there when it was killed. One writer at a time.
class Trail {
 public:
  /// Ends the process when there is no memory.
  Trail();
  ~Trail();
  Trail(const Trail&) = delete;
  Trail& operator=(const Trail&) = delete;

  void Append(const Entry& entry);
  void ForEach(const std::function<void(const Entry&)>& visit) const;
  void Clear();

  /// Virtual time that the life has reached, and how often it has changed the disk; also when it
  /// was killed.
  int64_t& clock();
  uint64_t& operations();

 private:
  struct Shared;
  Shared* shared_;
};

}  // namespace weir::simulation
