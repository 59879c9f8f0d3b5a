#pragma once

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

 private:
  std::map<std::string, std::vector<RecordBatch>> streams_;
};

}  // namespace weir
