#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

Status NoConversion(const DataType& from, const ClickhouseType& to) {
  return InvalidArgumentError("{} can't be stored as {}", from.ToString(), to.text);
}

/// Wrappers that are open to null or to anything their inner type takes.
const ClickhouseType& Inner(const ClickhouseType& type) {
  return type.is(Kind::kSimpleAggregate) ? Inner(type.children[0]) : type;
}

bool HoldsText(const ClickhouseType& type) {
  return type.is(Kind::kString) || type.is(Kind::kFixedString);
}

Result<NativeColumnPtr> MakeRequired(const DataType& from, const ClickhouseType& to) {
  switch (to.kind) {
    case Kind::kInt:
    case Kind::kUInt:
    case Kind::kFloat:
    case Kind::kBool:
    case Kind::kDecimal: return MakeNumberColumn(from, to);
    case Kind::kDate:
    case Kind::kDate32:
    case Kind::kDateTime:
    case Kind::kDateTime64: return MakeTimeColumn(from, to);
    case Kind::kUuid:
    case Kind::kIpv4:
    case Kind::kIpv6: return MakeAddressColumn(from, to);
    case Kind::kString:
    case Kind::kFixedString:
    case Kind::kJson: return MakeTextColumn(from, to);
    case Kind::kEnum: return MakeEnumColumn(from, to);
    case Kind::kOther:
      // ClickHouse reads the text into a type that only it knows, but never a state.
      return to.text.starts_with("AggregateFunction") ? nullptr : MakeTextColumn(from, to);
    default: return MakeNestedColumn(from, to);
  }
}

/// Texts as a dictionary; of other types ClickHouse makes one itself.
Result<NativeColumnPtr> MakeLowCardinality(const DataType& from, const ClickhouseType& to) {
  const ClickhouseType& inner = to.children[0];
  const bool nullable = inner.is(Kind::kNullable);
  if (HoldsText(nullable ? inner.children[0] : inner)) {
    if (from.optional() && !nullable) {
      return InvalidArgumentError("{} may be null, {} may not", from.ToString(), to.text);
    }
    if (NativeColumnPtr column = MakeDictionaryColumn(from, nullable)) return column;
  }
  return MakeNativeColumn(from, inner);
}

}  // namespace

Result<NativeColumnPtr> MakeNativeColumn(const DataType& from, const ClickhouseType& outer) {
  const ClickhouseType& to = Inner(outer);
  if (to.is(Kind::kLowCardinality)) return MakeLowCardinality(from, to);
  const bool nullable = to.is(Kind::kNullable);
  if (from.optional() && !nullable) {
    return InvalidArgumentError("{} may be null, {} may not", from.ToString(), to.text);
  }
  WEIR_ASSIGN(NativeColumnPtr column,
              MakeRequired(from.AsRequired(), nullable ? to.children[0] : to));
  if (column == nullptr) return NoConversion(from, outer);
  return nullable ? MakeNullableColumn(std::move(column)) : std::move(column);
}

}  // namespace weir
