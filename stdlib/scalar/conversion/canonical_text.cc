#include "stdlib/scalar/conversion/canonical_text.h"

#include <cmath>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

template <typename T>
T At(const Column& column, RowIndex row) {
  return ColumnView<T>(column)[row];
}

void AppendNumber(const Column& column, RowIndex row, std::string& out) {
  const DataType& type = column.type();
  switch (type.physical()) {
    case Physical::kUInt64: AppendUInt64(At<uint64_t>(column, row), out); return;
    case Physical::kInt128: AppendDecimal(At<Int128>(column, row), type.scale(), out); return;
    case Physical::kFloat64:
      if (type.is(TypeKind::kFloat32)) {
        AppendFloat32(At<double>(column, row), out);
      } else {
        AppendFloat64(At<double>(column, row), out);
      }
      return;
    default:
      if (type.is_decimal()) {
        AppendDecimal(At<int64_t>(column, row), type.scale(), out);
      } else {
        AppendInt64(At<int64_t>(column, row), out);
      }
  }
}

}  // namespace

void AppendCanonicalText(const Column& column, RowIndex row, std::string& out) {
  switch (column.type().kind()) {
    case TypeKind::kBool: out += At<uint8_t>(column, row) ? "true" : "false"; return;
    case TypeKind::kString:
    case TypeKind::kJson: out += At<std::string_view>(column, row); return;
    case TypeKind::kBytes: AppendBase64(At<std::string_view>(column, row), out); return;
    case TypeKind::kUuid: AppendUuid(At<Fixed16>(column, row), out); return;
    case TypeKind::kIpv4: AppendIpv4(At<int64_t>(column, row), out); return;
    case TypeKind::kIpv6: AppendIpv6(At<Fixed16>(column, row), out); return;
    case TypeKind::kTimestamp: AppendTimestamp(At<int64_t>(column, row), out); return;
    case TypeKind::kDate: AppendDate(At<int64_t>(column, row), out); return;
    case TypeKind::kDuration: AppendDuration(At<int64_t>(column, row), out); return;
    case TypeKind::kEnum: out += column.type().enum_values()[At<uint16_t>(column, row)]; return;
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kStruct: out += column.ValueAt(row).ToJson(); return;
    case TypeKind::kNull:
    case TypeKind::kError: out += "null"; return;
    default: AppendNumber(column, row, out); return;
  }
}

void AppendCanonicalJson(const Column& column, RowIndex row, std::string& out) {
  const DataType& type = column.type();
  if (type.physical() == Physical::kNone || column.IsNull(row)) {
    out += "null";
    return;
  }
  const bool bare = type.is_float() ? std::isfinite(At<double>(column, row))
                                    : type.is_numeric() || type.is(TypeKind::kBool) ||
                                          type.is(TypeKind::kJson) || type.is_nested();
  if (bare) {
    AppendCanonicalText(column, row, out);
  } else if (type.is(TypeKind::kString)) {
    AppendJsonString(At<std::string_view>(column, row), out);
  } else {
    std::string text;
    AppendCanonicalText(column, row, text);
    AppendJsonString(text, out);
  }
}

}  // namespace weir
