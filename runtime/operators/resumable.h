#pragma once

#include "runtime/base/status.h"

namespace weir {

class Collector;

/// For operators that can emit many times what they take in (flatten, the close of windows and
/// sessions, their updates, timers): guarantees.md rule 18. A call emits about one batch; what is
/// left waits in the operator until the task resumes it, which it does when there is room
/// downstream. Meanwhile nothing else is asked of the operator: rows, watermarks and barriers wait
/// behind the rest. Same thread as the operator.
class Resumable {
 public:
  virtual ~Resumable() = default;
  /// The last call of ProcessBatch, ProcessWatermark, ProcessTime, Flush or Finish is not done.
  virtual bool HasMore() const = 0;
  /// Goes on for about another batch. Only while HasMore.
  virtual Status Resume(Collector& out) = 0;
};

}  // namespace weir
