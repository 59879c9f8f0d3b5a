#include "runtime/eval/live_rows.h"

#include <algorithm>

namespace weir {

void LiveRows::Begin(const RowSet& rows, const RowErrors& errors) {
  rows_ = rows;
  mark_ = errors.errors().size();
  nulls_.clear();
}

void LiveRows::DropFailed(const RowErrors& errors) {
  const auto& all = errors.errors();
  if (all.size() == mark_) return;
  failed_.clear();
  for (; mark_ < all.size(); ++mark_) failed_.push_back(all[mark_].row);
  std::sort(failed_.begin(), failed_.end());
  failed_.erase(std::unique(failed_.begin(), failed_.end()), failed_.end());
  Drop(failed_);
}

void LiveRows::Drop(const RowIndices& rows) {
  spare_.clear();
  SubtractRows(rows_, rows, spare_);
  live_.swap(spare_);
  rows_ = RowSet::Of(live_);
}

void LiveRows::DropNulls(const Column& column) {
  if (!column.has_nulls()) return;
  const uint8_t* validity = column.validity();
  const RowIndex mask = column.is_constant() ? 0 : ~RowIndex{0};
  spare_.clear();
  rows_.ForEach([&](RowIndex row) { (validity[row & mask] ? spare_ : nulls_).push_back(row); });
  if (spare_.size() == rows_.count()) return;
  live_.swap(spare_);
  rows_ = RowSet::Of(live_);
}

}  // namespace weir
