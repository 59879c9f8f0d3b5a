#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// Appends the batch's selected rows as bytes: its declared columns, without the hidden ones. For
/// bytes that the same version of a pipeline reads again: nothing in them says what the types are.
void AppendBatchBytes(const RecordBatch& batch, std::string& out);

/// Reads one batch from the start of `in`, which is a part of `*owner` (strings stay views into
/// it), and removes it from `in`. DataLoss.
Result<RecordBatch> ReadBatchBytes(const SchemaPtr& schema,
                                   const std::shared_ptr<const std::string>& owner,
                                   std::string_view& in);

}  // namespace weir
