#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/vector/row_set.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

/// A row that leaves the happy path, with everything its dead letter says.
struct RejectedRow {
  RowIndex row = 0;
  std::vector<std::string> rules;                           ///< validation rules that failed
  std::vector<std::pair<std::string, std::string>> errors;  ///< (field, reason)
  std::string reason;                                       ///< for people, the first one
  std::string counted_as;  ///< key of the ledger: a rule, an error code; few distinct values
  bool no_value = false;   ///< the record was a key without a value (a tombstone)
  int64_t true_size = 0;   ///< bytes of the record when the payload at hand was cut; else 0
};

/// One entry per failing row, from the first error of each.
std::vector<RejectedRow> RejectFailedRows(const RowErrors& errors);

}  // namespace weir
