#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simulation/trail.h"

namespace weir::simulation {

/// What the disk does to one life. Operations are the calls that change or sync it, counted from 1;
/// 0: never.
struct DiskPlan {
  uint64_t kill_at = 0;    ///< the process dies there; a write is then done in part
  uint64_t full_from = 0;  ///< no room in [full_from, full_until)
  uint64_t full_until = 0;
  uint64_t failing_sync_at = 0;  ///< the first sync from there on fails, and what it should have
                                 ///< made durable never will be
  uint64_t seed = 1;             ///< of how much of a write is done
};

/// Between this process and the folder of the simulation: every call of the C library that changes
/// a file there (interposed_calls.cc) asks it first and tells it afterwards. Lives are processes,
/// so that a kill is a kill. What runs on threads other than the one that called Begin is noted,
/// and neither counted nor disturbed.
class FaultDisk {
 public:
  /// From now on calls below `root` are noted in `trail`. Once in a process.
  static void Begin(const std::string& root, const DiskPlan& plan, Trail* trail);
  /// Null: calls pass.
  static FaultDisk* Active();

  enum class Kind : uint8_t { kGrow, kChange, kSync };
  /// A call is about to be made: 0, or the error that it fails with. Does not return where the life
  /// is to end.
  int Ask(Kind kind);
  /// The same for a write of `size` bytes at `offset` of a file of `file_size`; `partial`: so many
  /// are to be written, `dies`: and then the life ends (`Die`).
  int AskWrite(size_t size, off_t offset, off_t file_size, size_t* partial, bool* dies);
  [[noreturn]] static void Die();

  bool Covers(const char* path) const;
  bool Covers(int descriptor, uint64_t* inode) const;
  /// Splits an absolute path: inode of its folder, last name.
  static bool Place(const char* path, uint64_t* folder, std::string* name);
  static uint64_t InodeOf(const char* path);

  Trail& trail() { return *trail_; }

 private:
  FaultDisk(std::string root, const DiskPlan& plan, Trail* trail);
  bool IsCounted() const;

  const std::string root_;
  const DiskPlan plan_;
  Trail* const trail_;
  uint64_t device_ = 0;
  pid_t thread_ = 0;
  bool sync_failed_ = false;
};

/// Exit code of a life that was killed.
inline constexpr int kExitKilled = 77;

}  // namespace weir::simulation
