// Equality of single values at any depth.
#include "runtime/eval/comparison.h"

namespace weir {
namespace {

template <typename T>
bool Same(const Column& left, RowIndex left_row, const Column& right, RowIndex right_row) {
  return ColumnView<T>(left)[left_row] == ColumnView<T>(right)[right_row];
}

bool SameLists(const Column& left, RowIndex left_row, const Column& right, RowIndex right_row) {
  ListEntry a = ColumnView<ListEntry>(left)[left_row];
  ListEntry b = ColumnView<ListEntry>(right)[right_row];
  if (a.length != b.length) return false;
  for (uint32_t i = 0; i < a.length; ++i) {
    if (!ColumnValuesEqual(*left.child(0), a.offset + i, *right.child(0), b.offset + i)) {
      return false;
    }
  }
  return true;
}

/// Keys are unique, so equal sizes and every entry of one found in the other suffice.
bool SameMaps(const Column& left, RowIndex left_row, const Column& right, RowIndex right_row) {
  ListEntry a = ColumnView<ListEntry>(left)[left_row];
  ListEntry b = ColumnView<ListEntry>(right)[right_row];
  if (a.length != b.length) return false;
  for (uint32_t i = 0; i < a.length; ++i) {
    bool found = false;
    for (uint32_t j = 0; j < b.length && !found; ++j) {
      found = ColumnValuesEqual(*left.child(0), a.offset + i, *right.child(0), b.offset + j);
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool ColumnValuesEqual(const Column& left, RowIndex left_row, const Column& right,
                       RowIndex right_row) {
  bool left_null = left.IsNull(left_row), right_null = right.IsNull(right_row);
  if (left_null || right_null) return left_null && right_null;
  switch (left.type().physical()) {
    case Physical::kBool: return Same<uint8_t>(left, left_row, right, right_row);
    case Physical::kInt64: return Same<int64_t>(left, left_row, right, right_row);
    case Physical::kUInt64: return Same<uint64_t>(left, left_row, right, right_row);
    case Physical::kFloat64: return Same<double>(left, left_row, right, right_row);
    case Physical::kInt128: return Same<Int128>(left, left_row, right, right_row);
    case Physical::kFixed16: return Same<Fixed16>(left, left_row, right, right_row);
    case Physical::kString: return Same<std::string_view>(left, left_row, right, right_row);
    case Physical::kCode: return Same<uint16_t>(left, left_row, right, right_row);
    case Physical::kList:
      return left.type().is(TypeKind::kMap) ? SameMaps(left, left_row, right, right_row)
                                            : SameLists(left, left_row, right, right_row);
    case Physical::kStruct:
      for (size_t i = 0; i < left.children().size(); ++i) {
        int field = static_cast<int>(i);
        if (!ColumnValuesEqual(*left.child(field), left_row, *right.child(field), right_row)) {
          return false;
        }
      }
      return true;
    case Physical::kNone: return true;
  }
  return false;
}

}  // namespace weir
