#include "runtime/vector/column_text.h"

#include <cmath>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr size_t kMessageLimit = 100;

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

/// Whether the text of a value stands in JSON without quotes.
bool IsBareInJson(const Column& column, RowIndex row) {
  const DataType& type = column.type();
  if (type.is_float()) return std::isfinite(At<double>(column, row));
  return type.is_numeric() || type.is(TypeKind::kBool) || type.is(TypeKind::kJson);
}

void AppendList(const Column& column, RowIndex row, std::string& out) {
  ListEntry entry = At<ListEntry>(column, row);
  out += '[';
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ',';
    AppendColumnJson(*column.child(0), entry.offset + i, out);
  }
  out += ']';
}

void AppendMap(const Column& column, RowIndex row, std::string& out) {
  ListEntry entry = At<ListEntry>(column, row);
  const Column& pairs = *column.child(0);
  const Column& keys = *pairs.child(0);
  std::string key;
  out += '{';
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ',';
    key.clear();
    if (keys.IsNull(entry.offset + i)) {
      key = "null";
    } else {
      AppendColumnText(keys, entry.offset + i, key);
    }
    AppendJsonString(key, out);
    out += ':';
    AppendColumnJson(*pairs.child(1), entry.offset + i, out);
  }
  out += '}';
}

void AppendStruct(const Column& column, RowIndex row, std::string& out) {
  const auto& fields = column.type().fields();
  bool first = true;
  out += '{';
  for (size_t i = 0; i < fields.size(); ++i) {
    const Column& child = *column.child(static_cast<int>(i));
    if (fields[i].type.optional() && child.IsNull(row)) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(fields[i].name, out);
    out += ':';
    AppendColumnJson(child, row, out);
  }
  out += '}';
}

}  // namespace

void AppendColumnText(const Column& column, RowIndex row, std::string& out) {
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
    case TypeKind::kList: AppendList(column, row, out); return;
    case TypeKind::kMap: AppendMap(column, row, out); return;
    case TypeKind::kStruct: AppendStruct(column, row, out); return;
    case TypeKind::kNull:
    case TypeKind::kError: out += "null"; return;
    default: AppendNumber(column, row, out); return;
  }
}

void AppendColumnJson(const Column& column, RowIndex row, std::string& out) {
  if (column.type().physical() == Physical::kNone || column.IsNull(row)) {
    out += "null";
    return;
  }
  if (column.type().is_nested() || IsBareInJson(column, row)) {
    AppendColumnText(column, row, out);
    return;
  }
  if (column.type().is(TypeKind::kString)) {
    AppendJsonString(At<std::string_view>(column, row), out);
    return;
  }
  std::string text;
  AppendColumnText(column, row, text);
  AppendJsonString(text, out);
}

std::string ColumnText(const Column& column, RowIndex row) {
  if (column.type().physical() == Physical::kNone || column.IsNull(row)) return "null";
  std::string text;
  AppendColumnText(column, row, text);
  if (column.type().is(TypeKind::kString)) return QuotedForMessage(text);
  if (text.size() > kMessageLimit) text = text.substr(0, kMessageLimit) + "…";
  return text;
}

std::string QuotedForMessage(std::string_view text) {
  std::string out = "\"";
  size_t end = std::min(text.size(), kMessageLimit);
  // Not inside a UTF-8 sequence.
  while (end < text.size() && end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  for (char c : text.substr(0, end)) {
    bool control = static_cast<uint8_t>(c) < 0x20 || c == 0x7F;
    out += control ? '?' : c;
  }
  return out + (end < text.size() ? "…\"" : "\"");
}

}  // namespace weir
