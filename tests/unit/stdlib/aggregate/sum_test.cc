#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/stdlib/aggregate/aggregate_harness.h"

namespace weir {
namespace {

Value SumOf(const std::string& name, size_t overload, const ColumnPtr& column) {
  AggregateHarness harness(name, overload, {column->type()});
  AggregateHarness::State state(harness);
  harness.Update(state, {column}, RowSet::All(column->length()));
  EXPECT_TRUE(harness.errors().empty());
  return harness.Finish(state);
}

ColumnPtr Decimals(const std::vector<int64_t>& unscaled, int precision, int scale) {
  std::vector<Value> values;
  for (int64_t value : unscaled) values.push_back(Value::Decimal(value, precision, scale));
  return ColumnOf(DataType::Decimal(precision, scale), values);
}

TEST(Sum, OfNothingIsZeroAndAverageNull) {
  EXPECT_EQ(SumOf("sum", 0, IntColumn({})).ToString(), "0");
  EXPECT_TRUE(SumOf("avg", 0, IntColumn({})).is_null());
  EXPECT_TRUE(SumOf("avg", 1, Decimals({}, 10, 2)).is_null());
  EXPECT_TRUE(SumOf("avg", 2, FloatColumn({})).is_null());
}

TEST(Sum, DecimalGainsTenDigits) {
  const Value sum = SumOf("sum", 1, Decimals({110, 220, -30}, 10, 2));
  EXPECT_EQ(sum.ToString(), "3.00");
  EXPECT_EQ(sum.type().ToString(), "decimal(20, 2)");
}

TEST(Sum, AverageOfDecimalIsExactWithFourDigitsMore) {
  const Value average = SumOf("avg", 1, Decimals({100, 200, 200}, 10, 2));
  EXPECT_EQ(average.ToString(), "1.666667");
  EXPECT_EQ(average.type().AsRequired().ToString(), "decimal(14, 6)");
  EXPECT_EQ(SumOf("avg", 1, Decimals({-100, -200, -200}, 10, 2)).ToString(), "-1.666667");
  EXPECT_EQ(SumOf("avg", 1, Decimals({5}, 38, 36)).type().scale(), 38);
}

TEST(Sum, AverageOfIntegersDoesNotOverflow) {
  const Value average = SumOf("avg", 0, IntColumn({INT64_MAX - 2, INT64_MAX - 2}));
  EXPECT_DOUBLE_EQ(average.as_float64(), static_cast<double>(INT64_MAX - 2));
}

TEST(Sum, RowThatLeavesTheRangeFailsAndIsNotAdded) {
  AggregateHarness harness("sum", 0, {DataType::Int64()});
  AggregateHarness::State state(harness);
  harness.Update(state, {IntColumn({INT64_MAX, 1, -5})}, RowSet::All(3));
  ASSERT_EQ(harness.errors().errors().size(), 1u);
  EXPECT_EQ(harness.errors().errors()[0].row, 1u);
  EXPECT_EQ(harness.errors().errors()[0].code, RowErrorCode::kOverflow);
  EXPECT_EQ(harness.Finish(state).as_int64(), INT64_MAX - 5);
}

TEST(Sum, MergedBeyondTheRangeIsNoNumber) {
  AggregateHarness harness("sum", 0, {DataType::Int64()});
  AggregateHarness::State a(harness), b(harness);
  harness.Update(a, {IntColumn({INT64_MAX})}, RowSet::All(1));
  harness.Update(b, {IntColumn({INT64_MAX})}, RowSet::All(1));
  harness.Merge(a, b);
  EXPECT_TRUE(harness.Finish(a).is_null());
  EXPECT_FALSE(harness.errors().empty());
}

TEST(Sum, WideDecimalsAreCheckedAt38Digits) {
  const DataType type = DataType::Decimal(38, 0);
  std::vector<Value> values;
  for (int i = 0; i < 3; ++i) {
    Int128 large = 9;
    for (int digit = 0; digit < 37; ++digit) large *= 10;
    values.push_back(Value(type, large));
  }
  AggregateHarness harness("sum", 1, {type});
  AggregateHarness::State state(harness);
  harness.Update(state, {ColumnOf(type, values)}, RowSet::All(3));
  EXPECT_EQ(harness.errors().errors().size(), 2u);
  EXPECT_EQ(harness.Finish(state).ToString().substr(0, 3), "900");
}

TEST(Extremes, NanIsAboveNumbers) {
  const ColumnPtr values = FloatColumn({NAN, 1.0, -2.0});
  EXPECT_EQ(SumOf("min", 0, values).as_float64(), -2.0);
  EXPECT_TRUE(std::isnan(SumOf("max", 0, values).as_float64()));
}

}  // namespace
}  // namespace weir
