#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/clock.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// What one evaluation reads. A view: everything belongs to the caller and must outlive the call.
struct EvalInput {
  const ColumnPtr* columns = nullptr;  ///< of a batch, or a register file; by kColumn index
  size_t num_columns = 0;
  const HiddenColumns* hidden = nullptr;  ///< null: no hidden columns (constants, tables)
  uint32_t capacity = 0;                  ///< length of every column; row numbers are below it
  Micros now = 0;                         ///< of the injected clock, one per batch

  static EvalInput Of(const RecordBatch& batch, Micros now) {
    return {batch.columns().data(), batch.columns().size(), &batch.hidden(), batch.capacity(), now};
  }
};

}  // namespace weir
