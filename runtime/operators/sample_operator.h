#pragma once

#include "compiler/plan/row_nodes.h"
#include "runtime/operators/operator.h"

namespace weir {

/// `sample 0.01`: keeps a row when a hash of its origin and offset falls into the share: the same
/// rows after a replay and for any number of workers.
class SampleOperator final : public Operator {
 public:
  explicit SampleOperator(const plan::SampleNode& node);
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  uint64_t threshold_;  ///< hashes below it are kept
};

}  // namespace weir
