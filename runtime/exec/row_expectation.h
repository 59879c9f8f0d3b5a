#pragma once

#include <string>
#include <vector>

#include "compiler/plan/test_program.h"
#include "runtime/base/result.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// One row that came through a stream.
struct CapturedRow {
  const RecordBatch* batch = nullptr;
  RowIndex row = 0;
  std::string ToJson() const;
};

/// Rows of `batches` that count for an expectation: upserts (deletes take rows away and are no
/// rows themselves) for which `where` (null: all) holds. Pointers into `batches`.
Result<std::vector<CapturedRow>> SelectRows(const std::vector<RecordBatch>& batches,
                                            const plan::ExprPtr& where, Micros now);

/// What a view with these key columns holds after all of `batches`: the latest row of each key, in
/// order of the first sighting. `where` as above.
Result<std::vector<CapturedRow>> LatestRows(const std::vector<RecordBatch>& batches,
                                            const std::vector<int>& key, const plan::ExprPtr& where,
                                            Micros now);

/// Checks `kExpectRows` of `step` against `rows`; appends what is wrong, one line each.
void CheckRows(const plan::TestStep& step, const std::vector<CapturedRow>& rows,
               std::vector<std::string>& problems);

}  // namespace weir
