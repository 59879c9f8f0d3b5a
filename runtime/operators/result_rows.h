#pragma once

#include <string_view>

#include "runtime/operators/row_router.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

/// Emits results of a stage on port 0 and counts them under `kind`; those in `errors` have no value
/// and take `failed_to`. `batch` has no selection.
Status EmitResults(const RecordBatch& batch, const RowErrors& errors, const RowRouter& failed_to,
                   std::string_view kind, Ledger& ledger, Collector& out);

}  // namespace weir
