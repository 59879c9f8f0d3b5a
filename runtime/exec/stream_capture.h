#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/exec/output.h"

namespace weir {

/// Everything that went through the declared streams of a job, in order of arrival. One thread:
/// for jobs that a SeededScheduler runs. Outlives the jobs it looks into.
class StreamCapture {
 public:
  std::unique_ptr<Output> MakeTap(const std::string& stream);
  /// Batches of a stream; empty when nothing came through (or there is no such stream).
  const std::vector<RecordBatch>& Batches(const std::string& stream) const;
  int64_t num_rows(const std::string& stream) const;
  /// The job died and goes on from checkpoint `epoch`: forgets what came behind that barrier, as a
  /// target does that shows committed rows only. Before the taps of the next job are made.
  void DropAfter(uint64_t epoch);

 private:
  class Tap;
  struct Stream {
    std::vector<RecordBatch> batches;
    std::vector<uint64_t> epochs;  ///< of each batch: the barrier it came before
  };
  std::map<std::string, Stream> streams_;
  uint64_t restored_ = 0;
};

}  // namespace weir
