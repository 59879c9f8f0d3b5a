#include "runtime/ddl/clickhouse_type_of.h"

#include <fmt/format.h>

#include "runtime/ddl/clickhouse_type.h"

namespace weir {
namespace {

std::string Integer(const DataType& type) {
  return fmt::format("{}Int{}", type.is_unsigned_integer() ? "U" : "", type.integer_bits());
}

std::string TupleOf(const DataType& type) {
  std::string text;
  for (const StructField& field : type.fields()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", ClickhouseName(field.name),
                        ClickhouseTypeOf(field.type));
  }
  return "Tuple(" + text + ")";
}

/// Map keys can't be Nullable, and not each type may be one.
bool CanBeMapKey(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kEnum:
    case TypeKind::kUuid:
    case TypeKind::kDate: return !type.optional();
    default: return type.is_integer() && !type.optional();
  }
}

std::string Required(const DataType& type) {
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
    case TypeKind::kDuration: return "Int64";
    case TypeKind::kList: return "Array(" + ClickhouseTypeOf(type.element()) + ")";
    case TypeKind::kMap:
      return CanBeMapKey(type.map_key())
                 ? fmt::format("Map({}, {})", ClickhouseTypeOf(type.map_key()),
                               ClickhouseTypeOf(type.map_value()))
                 : "String";
    case TypeKind::kStruct: return type.fields().empty() ? "String" : TupleOf(type);
    default: return type.is_integer() ? Integer(type) : "String";
  }
}

}  // namespace

std::string ClickhouseTypeOf(const DataType& type) {
  if (type.is(TypeKind::kEnum)) {
    return type.optional() ? "LowCardinality(Nullable(String))" : "LowCardinality(String)";
  }
  if (!type.optional()) return Required(type);
  return type.is_nested() ? "Nullable(String)" : "Nullable(" + Required(type) + ")";
}

}  // namespace weir
