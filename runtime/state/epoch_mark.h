#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/result.h"

namespace weir {

/// A small file with the last epoch whose commit has returned. It is written after the commit and
/// not synced, so it may be behind after a power failure but is never ahead: a store that has less
/// has lost its newest log. One thread.
class EpochMark {
 public:
  EpochMark() = default;
  ~EpochMark();
  EpochMark(const EpochMark&) = delete;
  EpochMark& operator=(const EpochMark&) = delete;

  /// 0: there is none. DataLoss: the file is not a mark.
  static Result<uint64_t> Read(const std::string& file);

  Status Open(const std::string& file);
  Status Write(uint64_t epoch);

 private:
  std::string file_;
  int descriptor_ = -1;
};

}  // namespace weir
