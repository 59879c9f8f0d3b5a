#pragma once

#include <string>

#include "runtime/base/status.h"

namespace weir {

/// Marks a folder as written by a run whose state dies with it, by a locked hidden file
/// `.weir-<incarnation>.lock` that goes when the run ends. What such a run leaves behind when it is
/// killed, nobody will ever deliver: the next one removes it. Parts of an incarnation that has a
/// state folder have no such file and are never touched, since its next run may still deliver them.
class PartLease {
 public:
  PartLease() = default;
  PartLease(const PartLease&) = delete;
  PartLease& operator=(const PartLease&) = delete;
  /// Removes the unfinished parts of the incarnation and the lock file.
  ~PartLease();

  Status Take(const std::string& folder, const std::string& incarnation);

 private:
  std::string folder_, incarnation_;
  int lock_ = -1;
};

/// Removes the unfinished parts in `folder` whose runs are not running any more and can't be
/// continued; says so on stderr. Problems are left to who writes there.
void RemoveAbandonedParts(const std::string& folder);

}  // namespace weir
