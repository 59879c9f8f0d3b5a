#include "stdlib/api/kernel_context.h"

#include <algorithm>

namespace weir {

std::string_view RowErrorCodeName(RowErrorCode code) {
  switch (code) {
    case RowErrorCode::kCast: return "cast";
    case RowErrorCode::kOverflow: return "overflow";
    case RowErrorCode::kDivisionByZero: return "division by zero";
    case RowErrorCode::kJsonAccess: return "json access";
    case RowErrorCode::kIndex: return "index";
    case RowErrorCode::kConstraint: return "constraint";
    case RowErrorCode::kInvalidArgument: return "invalid argument";
    case RowErrorCode::kNull: return "null";
    case RowErrorCode::kTooOld: return "too old";
    case RowErrorCode::kLimit: return "limit";
  }
  return "unknown";
}

RowIndices RowErrors::Rows() const {
  RowIndices rows;
  rows.reserve(errors_.size());
  for (const RowError& error : errors_) rows.push_back(error.row);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

const RowError* RowErrors::Find(RowIndex row) const {
  for (const RowError& error : errors_) {
    if (error.row == row) return &error;
  }
  return nullptr;
}

void SubtractRows(const RowSet& rows, const RowIndices& failed, RowIndices& out) {
  size_t next = 0;
  for (uint32_t i = 0; i < rows.count(); ++i) {
    const RowIndex row = rows[i];
    while (next < failed.size() && failed[next] < row) ++next;
    if (next < failed.size() && failed[next] == row) continue;
    out.push_back(row);
  }
}

}  // namespace weir
