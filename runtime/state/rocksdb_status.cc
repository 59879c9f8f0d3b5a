#include "runtime/state/rocksdb_status.h"

namespace weir {

Status StatusFromRocksDb(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return Status::Ok();
  const std::string text = status.ToString();
  // A file that the store lists but the folder lacks is an I/O error to RocksDB.
  if (status.IsCorruption() || status.IsPathNotFound() ||
      text.find("No such file or directory") != std::string::npos) {
    return DataLossError("{}: the state is damaged: {}", doing, text);
  }
  if (status.IsNoSpace()) return ResourceExhaustedError("{}: the disk is full: {}", doing, text);
  // EFBIG, EDQUOT: room of which somebody can give more.
  if (text.find("File too large") != std::string::npos ||
      text.find("Disk quota exceeded") != std::string::npos) {
    return ResourceExhaustedError("{}: no room: {}", doing, text);
  }
  if (status.IsBusy() || status.IsTryAgain() || status.IsTimedOut()) {
    return UnavailableError("{}: {}", doing, text);
  }
  if (text.find("lock hold by current process") != std::string::npos ||
      text.find("While lock file") != std::string::npos) {
    return FailedPreconditionError("{}: another process has it open: {}", doing, text);
  }
  if (status.IsNotFound()) return NotFoundError("{}: {}", doing, text);
  return IoError("{}: {}", doing, text);
}

}  // namespace weir
