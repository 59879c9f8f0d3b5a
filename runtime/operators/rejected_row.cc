#include "runtime/operators/rejected_row.h"

#include <algorithm>

namespace weir {

std::vector<RejectedRow> RejectFailedRows(const RowErrors& errors) {
  std::vector<const RowError*> sorted;
  sorted.reserve(errors.errors().size());
  for (const RowError& error : errors.errors()) sorted.push_back(&error);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const RowError* a, const RowError* b) { return a->row < b->row; });
  std::vector<RejectedRow> rejected;
  for (const RowError* error : sorted) {
    if (!rejected.empty() && rejected.back().row == error->row) continue;
    RejectedRow& row = rejected.emplace_back();
    row.row = error->row;
    row.reason = error->message;
    row.counted_as = std::string(RowErrorCodeName(error->code));
  }
  return rejected;
}

}  // namespace weir
