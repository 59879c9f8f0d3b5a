#include "runtime/ddl/clickhouse_fit.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;
using Fit = ColumnFit::Kind;

ColumnFit Fits() { return {}; }
ColumnFit Loses(std::string reason) { return {Fit::kLoses, std::move(reason)}; }
ColumnFit Misfit(std::string reason) { return {Fit::kMisfit, std::move(reason)}; }
ColumnFit Other(const DataType& row, const ClickhouseType& column) {
  return Misfit(fmt::format("a {} is no {}", row.AsRequired().ToString(), column.text));
}

ColumnFit FitsInteger(const DataType& row, const ClickhouseType& column) {
  const int bits = row.integer_bits();
  const bool is_unsigned = row.is_unsigned_integer();
  switch (column.kind) {
    case Kind::kInt:
      if (column.bits > bits || (column.bits == bits && !is_unsigned)) return Fits();
      return Misfit(
          fmt::format("{} has values beyond {}", row.AsRequired().ToString(), column.text));
    case Kind::kUInt:
      if (!is_unsigned) return Misfit(fmt::format("{} has no negative values", column.text));
      if (column.bits >= bits) return Fits();
      return Misfit(
          fmt::format("{} has values beyond {}", row.AsRequired().ToString(), column.text));
    case Kind::kFloat:
      if (bits <= (column.bits == 32 ? 16 : 32)) return Fits();
      return Loses(fmt::format("{} keeps {} digits of large values", column.text,
                               column.bits == 32 ? 7 : 15));
    case Kind::kDecimal: {
      static constexpr int kDigits[] = {3, 5, 10, 19};
      const int digits = bits == 8     ? kDigits[0]
                         : bits == 16  ? kDigits[1]
                         : bits == 32  ? kDigits[2]
                         : is_unsigned ? 20
                                       : kDigits[3];
      if (column.precision - column.scale >= digits) return Fits();
      return Misfit(fmt::format("{} has {} digits before the point, {} needs {}", column.text,
                                column.precision - column.scale, row.AsRequired().ToString(),
                                digits));
    }
    case Kind::kBool: return Other(row, column);
    default: return Other(row, column);
  }
}

ColumnFit FitsDecimal(const DataType& row, const ClickhouseType& column) {
  if (column.is(Kind::kFloat)) return Loses(column.text + " keeps no exact digits");
  if (!column.is(Kind::kDecimal)) return Other(row, column);
  if (column.scale < row.scale()) {
    return Misfit(
        fmt::format("{} digits behind the point, the column keeps {}", row.scale(), column.scale));
  }
  const int have = column.precision - column.scale;
  const int need = row.precision() - row.scale();
  if (have >= need) return Fits();
  return Misfit(fmt::format("{} digits before the point, the column has {}", need, have));
}

ColumnFit FitsTime(const DataType& row, const ClickhouseType& column) {
  switch (column.kind) {
    case Kind::kDateTime64:
      if (column.scale >= 6) return Fits();
      return Loses(fmt::format("{} cuts microseconds to {} digits", column.text, column.scale));
    case Kind::kDateTime:
      return Loses(column.text + " cuts fractions of seconds, and ends in 2106");
    default: return Other(row, column);
  }
}

ColumnFit FitsEnum(const DataType& row, const ClickhouseType& column) {
  if (column.is(Kind::kString)) return Fits();
  if (!column.is(Kind::kEnum)) return Other(row, column);
  std::string missing;
  size_t count = 0;
  for (const std::string& value : row.enum_values()) {
    const bool known = std::any_of(column.enum_values.begin(), column.enum_values.end(),
                                   [&](const auto& entry) { return entry.first == value; });
    if (known) continue;
    ++count;
    if (count <= 4) missing += (missing.empty() ? "" : ", ") + ClickhouseString(value);
  }
  if (count == 0) return Fits();
  return Misfit(fmt::format("the column's Enum{} has no {}{}", column.bits, missing,
                            count > 4 ? fmt::format(" and {} more", count - 4) : ""));
}

ColumnFit FitsStruct(const DataType& row, const ClickhouseType& column) {
  if (!column.is(Kind::kTuple)) return Other(row, column);
  const auto& fields = row.fields();
  if (fields.size() != column.children.size()) {
    return Misfit(fmt::format("the struct has {} fields, the tuple {}", fields.size(),
                              column.children.size()));
  }
  ColumnFit worst;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!column.names[i].empty() && column.names[i] != fields[i].name) {
      return Misfit(fmt::format("field {} is `{}` in the struct and `{}` in the tuple", i + 1,
                                fields[i].name, column.names[i]));
    }
    ColumnFit fit = FitsClickhouse(fields[i].type, column.children[i]);
    if (fit.kind <= worst.kind) continue;
    fit.reason = fields[i].name + ": " + fit.reason;
    worst = std::move(fit);
  }
  return worst;
}

ColumnFit FitsMap(const DataType& row, const ClickhouseType& column) {
  if (!column.is(Kind::kMap)) return Other(row, column);
  ColumnFit key = FitsClickhouse(row.map_key(), column.children[0]);
  ColumnFit value = FitsClickhouse(row.map_value(), column.children[1]);
  return key.kind >= value.kind ? key : value;
}

bool TakesText(const ClickhouseType& column) { return column.is(Kind::kString); }

ColumnFit FitsRequired(const DataType& row, const ClickhouseType& column) {
  // Everything has a text form.
  if (TakesText(column) && !row.is_string_like() && !row.is(TypeKind::kEnum)) {
    if (row.is_nested()) return Fits();
    return Loses(fmt::format("is kept as text, a {} no longer", row.AsRequired().ToString()));
  }
  if (row.is_integer()) return FitsInteger(row, column);
  switch (row.kind()) {
    case TypeKind::kBool: {
      const bool number = column.is(Kind::kInt) || column.is(Kind::kUInt);
      return column.is(Kind::kBool) || number ? Fits() : Other(row, column);
    }
    case TypeKind::kFloat32: return column.is(Kind::kFloat) ? Fits() : Other(row, column);
    case TypeKind::kFloat64:
      if (!column.is(Kind::kFloat)) return Other(row, column);
      return column.bits == 64 ? Fits() : Loses("Float32 keeps 7 digits");
    case TypeKind::kDecimal: return FitsDecimal(row, column);
    case TypeKind::kString:
    case TypeKind::kBytes:
      if (column.is(Kind::kString)) return Fits();
      if (!column.is(Kind::kFixedString)) return Other(row, column);
      return Misfit(fmt::format("texts need not be {} bytes long", column.length));
    case TypeKind::kJson:
      return column.is(Kind::kString) || column.is(Kind::kJson) ? Fits() : Other(row, column);
    case TypeKind::kUuid: return column.is(Kind::kUuid) ? Fits() : Other(row, column);
    case TypeKind::kIpv4:
      return column.is(Kind::kIpv4) || column.is(Kind::kIpv6) ? Fits() : Other(row, column);
    case TypeKind::kIpv6: return column.is(Kind::kIpv6) ? Fits() : Other(row, column);
    case TypeKind::kTimestamp: return FitsTime(row, column);
    case TypeKind::kDate:
      if (column.is(Kind::kDate32)) return Fits();
      return column.is(Kind::kDate) ? Loses("Date holds 1970 to 2149 only") : Other(row, column);
    case TypeKind::kDuration:
      return column.is(Kind::kInt) && column.bits >= 64 ? Fits() : Other(row, column);
    case TypeKind::kEnum: return FitsEnum(row, column);
    case TypeKind::kList:
      return column.is(Kind::kArray) ? FitsClickhouse(row.element(), column.children[0])
                                     : Other(row, column);
    case TypeKind::kMap: return FitsMap(row, column);
    case TypeKind::kStruct: return FitsStruct(row, column);
    default: return Fits();
  }
}

}  // namespace

ColumnFit FitsClickhouse(const DataType& row, const ClickhouseType& column) {
  switch (column.kind) {
    case Kind::kLowCardinality: return FitsClickhouse(row, column.children[0]);
    case Kind::kSimpleAggregate: return FitsClickhouse(row, column.children[0]);
    case Kind::kNullable: return FitsClickhouse(row.AsRequired(), column.children[0]);
    case Kind::kOther:
      if (column.text.starts_with("AggregateFunction")) {
        return Misfit("a state of an aggregate is no value; a materialized view fills it");
      }
      return Fits();
    default: break;
  }
  if (row.is_error()) return Fits();
  if (row.optional()) return Misfit("may be null, and the column is not Nullable");
  return FitsRequired(row, column);
}

}  // namespace weir
