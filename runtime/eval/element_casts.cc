#include "runtime/eval/element_casts.h"

#include <fmt/format.h>

namespace weir {
namespace {

/// Elements that are named at least once, sorted.
RowIndices NamedElements(const RowSet& rows, const Column& lists, uint32_t count) {
  std::vector<bool> named(count);
  ColumnView<ListEntry> entries(lists);
  rows.ForEach([&](RowIndex row) {
    if (lists.IsNull(row)) return;
    for (uint32_t i = 0; i < entries[row].length; ++i) named[entries[row].offset + i] = true;
  });
  RowIndices result;
  for (uint32_t i = 0; i < count; ++i) {
    if (named[i]) result.push_back(i);
  }
  return result;
}

void ReportRows(const RowErrors& found, const RowSet& rows, const Column& lists,
                RowErrors& errors) {
  ColumnView<ListEntry> entries(lists);
  rows.ForEach([&](RowIndex row) {
    if (lists.IsNull(row)) return;
    for (uint32_t i = 0; i < entries[row].length; ++i) {
      const RowError* error = found.Find(entries[row].offset + i);
      if (error == nullptr) continue;
      errors.Add(row, error->code, fmt::format("[{}]: {}", i, error->message));
      return;
    }
  });
}

}  // namespace

ColumnPtr CastElements(ColumnCaster& caster, const ColumnPtr& elements, const RowSet& rows,
                       const Column& lists, RowErrors& errors) {
  RowIndices named = NamedElements(rows, lists, elements->length());
  RowErrors found;
  ColumnPtr result =
      Column::Flatten(caster.Cast(elements, RowSet::Of(named), elements->length(), found));
  if (!found.empty()) ReportRows(found, rows, lists, errors);
  return result;
}

}  // namespace weir
