#include "runtime/query/view_columns.h"

#include <fmt/format.h>

namespace weir {
namespace {

std::string IntegerType(const DataType& type) {
  return fmt::format("{}Int{}", type.is_unsigned_integer() ? "U" : "", type.integer_bits());
}

std::string TupleType(const DataType& type) {
  std::string text = "Tuple(";
  for (const StructField& field : type.fields()) {
    if (text.back() != '(') text += ", ";
    text += QuoteName(field.name) + " " + ViewColumnType(field.type);
  }
  return text + ")";
}

std::string RequiredType(const DataType& type) {
  if (type.is_integer()) return IntegerType(type);
  switch (type.kind()) {
    case TypeKind::kBool: return "Bool";
    case TypeKind::kFloat32: return "Float32";
    case TypeKind::kFloat64: return "Float64";
    case TypeKind::kDecimal: return fmt::format("Decimal({}, {})", type.precision(), type.scale());
    case TypeKind::kUuid: return "UUID";
    case TypeKind::kIpv4: return "IPv4";
    case TypeKind::kIpv6: return "IPv6";
    case TypeKind::kTimestamp: return "DateTime64(6, 'UTC')";
    case TypeKind::kDate: return "Date32";
    case TypeKind::kList: return "Array(" + ViewColumnType(type.element()) + ")";
    case TypeKind::kMap:
      return fmt::format("Map({}, {})", RequiredType(type.map_key()),
                         ViewColumnType(type.map_value()));
    case TypeKind::kStruct: return TupleType(type);
    default: return "String";  // string, bytes, duration, json, enum
  }
}

}  // namespace

std::string QuoteName(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "`";
}

std::string ViewColumnType(const DataType& type) {
  const std::string required = RequiredType(type);
  return type.optional() && !type.is_nested() ? "Nullable(" + required + ")" : required;
}

std::string ViewColumns(const Schema& schema) {
  std::string text;
  for (const Field& field : schema.fields()) {
    if (!text.empty()) text += ", ";
    text += QuoteName(field.name) + " " + ViewColumnType(field.type);
  }
  return text;
}

}  // namespace weir
