#pragma once

#include <span>
#include <string>

#include "runtime/operators/operator.h"
#include "runtime/operators/rejected_row.h"

namespace weir {

/// Wraps rejected rows as rows of std.errors.DeadLetter. The payload is the original record as long
/// as the batch still has it, later the row as JSON. Used where rows are few: one value at a time.
class DeadLetterBuilder {
 public:
  DeadLetterBuilder(std::string stage, const OperatorContext& context)
      : stage_(std::move(stage)), context_(context) {}

  /// One row per entry of `rejected`, in order; hidden columns of the rows go along.
  RecordBatch Build(const RecordBatch& batch, std::span<const RejectedRow> rejected) const;

 private:
  void FillOrigin(const RecordBatch& batch, RowIndex row, RowIndex out,
                  Column* const* columns) const;
  void FillPayload(const RecordBatch& batch, const RejectedRow& rejected, RowIndex out,
                   Column* const* columns) const;

  static void FillEnvelope(const RecordBatch& batch, RowIndex row, Column& column, RowIndex out);

  std::string stage_;
  const OperatorContext& context_;
};

/// Replaces invalid UTF-8 by U+FFFD, so that a payload can be shown and stored as text.
std::string MakeValidUtf8(std::string_view bytes);

}  // namespace weir
