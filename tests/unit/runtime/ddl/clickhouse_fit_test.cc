#include "runtime/ddl/clickhouse_fit.h"

#include <gtest/gtest.h>

#include "runtime/ddl/clickhouse_type_of.h"

namespace weir {
namespace {

using Fit = ColumnFit::Kind;

ColumnFit FitOf(const DataType& row, std::string_view column) {
  const Result<ClickhouseType> type = ParseClickhouseType(column);
  EXPECT_TRUE(type.ok()) << column;
  return FitsClickhouse(row, *type);
}

DataType Of(TypeKind kind) { return DataType::Of(kind); }

TEST(ClickhouseFit, IntegersByRangeAndSign) {
  EXPECT_EQ(FitOf(Of(TypeKind::kUInt32), "UInt32").kind, Fit::kFits);
  EXPECT_EQ(FitOf(Of(TypeKind::kUInt32), "Int64").kind, Fit::kFits);
  EXPECT_EQ(FitOf(Of(TypeKind::kUInt32), "Int32").kind, Fit::kMisfit);
  EXPECT_EQ(FitOf(Of(TypeKind::kInt64), "UInt64").reason, "UInt64 has no negative values");
  EXPECT_EQ(FitOf(Of(TypeKind::kInt64), "Int32").reason, "int64 has values beyond Int32");
  EXPECT_EQ(FitOf(Of(TypeKind::kInt64), "Float64").kind, Fit::kLoses);
  EXPECT_EQ(FitOf(Of(TypeKind::kInt32), "Float64").kind, Fit::kFits);
  EXPECT_EQ(FitOf(Of(TypeKind::kInt32), "Decimal(12, 2)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(Of(TypeKind::kInt32), "Decimal(11, 2)").kind, Fit::kMisfit);
}

TEST(ClickhouseFit, DecimalsByDigitsOnBothSides) {
  EXPECT_EQ(FitOf(DataType::Decimal(10, 2), "Decimal(12, 4)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(DataType::Decimal(10, 2), "Decimal(10, 4)").reason,
            "8 digits before the point, the column has 6");
  EXPECT_EQ(FitOf(DataType::Decimal(10, 2), "Decimal64(1)").reason,
            "2 digits behind the point, the column keeps 1");
  EXPECT_EQ(FitOf(DataType::Decimal(10, 2), "Float64").kind, Fit::kLoses);
}

TEST(ClickhouseFit, OptionalNeedsNullable) {
  const DataType maybe = DataType::String().AsOptional();
  EXPECT_EQ(FitOf(maybe, "Nullable(String)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(maybe, "LowCardinality(Nullable(String))").kind, Fit::kFits);
  EXPECT_EQ(FitOf(maybe, "String").reason, "may be null, and the column is not Nullable");
  EXPECT_EQ(FitOf(DataType::String(), "Nullable(String)").kind, Fit::kFits);
}

TEST(ClickhouseFit, EnumsByTheirValues) {
  const DataType kind = DataType::Enum({"a", "b", "c"});
  EXPECT_EQ(FitOf(kind, "LowCardinality(String)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(kind, "Enum8('c' = 1, 'b' = 2, 'a' = 3, 'd' = 4)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(kind, "Enum8('a', 'b')").reason, "the column's Enum8 has no 'c'");
  EXPECT_EQ(FitOf(DataType::String(), "Enum8('a')").kind, Fit::kMisfit);
}

TEST(ClickhouseFit, TimesByPrecision) {
  EXPECT_EQ(FitOf(DataType::Timestamp(), "DateTime64(6)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(DataType::Timestamp(), "DateTime64(3, 'UTC')").kind, Fit::kLoses);
  EXPECT_EQ(FitOf(DataType::Timestamp(), "DateTime").kind, Fit::kLoses);
  EXPECT_EQ(FitOf(DataType::Timestamp(), "Date").kind, Fit::kMisfit);
}

TEST(ClickhouseFit, NestedTypesByTheirParts) {
  const DataType list = DataType::List(Of(TypeKind::kInt64));
  EXPECT_EQ(FitOf(list, "Array(Int64)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(list, "Array(Int32)").kind, Fit::kMisfit);
  const DataType map = DataType::Map(DataType::String(), Of(TypeKind::kInt64));
  EXPECT_EQ(FitOf(map, "Map(String, Int64)").kind, Fit::kFits);
  EXPECT_EQ(FitOf(map, "Map(String, UInt64)").kind, Fit::kMisfit);
  const DataType place = DataType::Struct({{"lat", DataType::Float64()}, {"n", list}});
  EXPECT_EQ(FitOf(place, "Tuple(lat Float64, n Array(Int64))").kind, Fit::kFits);
  EXPECT_EQ(FitOf(place, "Tuple(lon Float64, n Array(Int64))").reason,
            "field 1 is `lat` in the struct and `lon` in the tuple");
  EXPECT_EQ(FitOf(place, "Tuple(lat Float64, n Array(Int8))").reason,
            "n: int64 has values beyond Int8");
}

TEST(ClickhouseFit, AggregateStatesAreNoValues) {
  EXPECT_EQ(FitOf(DataType::Int64(), "AggregateFunction(uniq, UUID)").kind, Fit::kMisfit);
  EXPECT_EQ(FitOf(DataType::Int64(), "SimpleAggregateFunction(sum, Int64)").kind, Fit::kFits);
}

/// The type that is proposed for a column always has room.
TEST(ClickhouseFit, EveryTypeFitsTheColumnThatIsProposedForIt) {
  std::vector<DataType> types;
  for (int kind = static_cast<int>(TypeKind::kBool); kind <= static_cast<int>(TypeKind::kJson);
       ++kind) {
    const auto of = static_cast<TypeKind>(kind);
    types.push_back(of == TypeKind::kDecimal ? DataType::Decimal(38, 7) : DataType::Of(of));
  }
  types.push_back(DataType::Enum({"a", "b"}));
  types.push_back(DataType::List(DataType::Decimal(9, 3)));
  types.push_back(DataType::Map(DataType::String(), DataType::Uuid().AsOptional()));
  types.push_back(DataType::Struct({{"a b", DataType::Timestamp()}, {"c", types.back()}}));
  for (const DataType& type : types) {
    for (const DataType& each : {type, type.AsOptional()}) {
      const ColumnFit fit = FitOf(each, ClickhouseTypeOf(each));
      EXPECT_EQ(fit.kind, Fit::kFits)
          << each.ToString() << " in " << ClickhouseTypeOf(each) << ": " << fit.reason;
    }
  }
}

}  // namespace
}  // namespace weir
