#pragma once

#include <cstdint>
#include <vector>

#include "runtime/exec/control.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// A place that stream elements go to: the input of a task of this worker, an exchange, a tap.
class Output {
 public:
  virtual ~Output() = default;
  virtual void Batch(const RecordBatch& batch) = 0;
  virtual void Send(const Control& control) = 0;
};

/// One output port of a node instance: hands every element to all readers, without copying columns,
/// and counts the rows (one end of each edge of the ledger).
class OutputPort {
 public:
  void Connect(Output* output) { outputs_.push_back(output); }
  void Emit(const RecordBatch& batch) {
    rows_ += batch.num_rows();
    for (Output* output : outputs_) output->Batch(batch);
  }
  void Send(const Control& control) {
    for (Output* output : outputs_) output->Send(control);
  }
  int64_t rows() const { return rows_; }
  void set_rows(int64_t rows) { rows_ = rows; }

 private:
  std::vector<Output*> outputs_;
  int64_t rows_ = 0;
};

}  // namespace weir
