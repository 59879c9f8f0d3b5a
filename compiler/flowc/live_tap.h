#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/exec/output.h"

namespace weir::flowc {

/// The latest rows of some streams of a running job, for the terminal view. Workers hand in whole
/// batches (a lock per batch, nothing per row); rows become text only when they are shown.
class LiveTaps {
 public:
  /// Streams to look into.
  explicit LiveTaps(std::vector<std::string> streams);

  /// Null for a stream that nobody watches.
  std::unique_ptr<Output> MakeTap(const std::string& stream);
  const std::vector<std::string>& streams() const { return names_; }
  /// The last rows of a stream as JSON, newest first.
  std::vector<std::string> LastRows(const std::string& stream, size_t count) const;

 private:
  struct Stream {
    mutable std::mutex mutex;
    std::deque<RecordBatch> batches;
  };
  class Tap;

  std::vector<std::string> names_;
  std::map<std::string, std::unique_ptr<Stream>> streams_;
};

}  // namespace weir::flowc
