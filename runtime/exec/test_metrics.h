#pragma once

#include <vector>

#include "compiler/plan/test_program.h"
#include "runtime/base/result.h"
#include "runtime/exec/test_job.h"

namespace weir {

/// Number that `expect that` asks for, from the ledgers of a quiescent job.
Result<int64_t> TestMetric(const TestJob& job, const plan::MetricRef& metric);

/// One number of a ledger by the name it has in tests and summaries: rows (or rows_in), rows_out,
/// passed, absorbed, discarded, dead_lettered, late, partly_late, pending, produced, routed.
Result<int64_t> LedgerField(const Ledger& ledger, const std::string& field);

}  // namespace weir
