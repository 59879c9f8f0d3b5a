#include <gtest/gtest.h>

#include "tests/unit/stdlib/aggregate/aggregate_harness.h"

namespace weir {
namespace {

Value Ordered(const std::string& name, const std::vector<std::string>& texts,
              const std::vector<int64_t>& times, const std::vector<int64_t>& order,
              const Value* limit = nullptr) {
  std::vector<DataType> types = {DataType::String()};
  std::vector<const Value*> constants = {nullptr};
  if (limit != nullptr) {
    types.push_back(DataType::Int64());
    constants.push_back(limit);
  }
  AggregateHarness harness(name, 0, types, constants);
  AggregateHarness::State state(harness);
  const ColumnPtr time_column = IntColumn(times, DataType::Timestamp());
  const ColumnPtr order_column = IntColumn(order);
  harness.Update(state, {TextColumn(texts)}, RowSet::All(static_cast<uint32_t>(texts.size())),
                 time_column.get(), order_column.get());
  return harness.Finish(state);
}

TEST(Ordered, FirstAndLastGoByEventTimeNotArrival) {
  EXPECT_EQ(Ordered("first", {"b", "a", "c"}, {2, 1, 3}, {0, 0, 0}).as_string(), "a");
  EXPECT_EQ(Ordered("last", {"b", "c", "a"}, {2, 3, 1}, {0, 0, 0}).as_string(), "c");
}

TEST(Ordered, PositionBreaksTies) {
  EXPECT_EQ(Ordered("first", {"b", "a"}, {1, 1}, {8, 9}).as_string(), "b");
  EXPECT_EQ(Ordered("last", {"b", "a"}, {1, 1}, {8, 9}).as_string(), "a");
}

TEST(Ordered, OfNothing) {
  EXPECT_TRUE(Ordered("first", {}, {}, {}).is_null());
  const Value limit = Value::Int64(3);
  EXPECT_TRUE(Ordered("collect", {}, {}, {}, &limit).as_list().empty());
}

TEST(Ordered, CollectKeepsTheEarliest) {
  const Value limit = Value::Int64(2);
  const Value list = Ordered("collect", {"c", "a", "b"}, {3, 1, 2}, {0, 0, 0}, &limit);
  ASSERT_EQ(list.as_list().size(), 2u);
  EXPECT_EQ(list.as_list()[0].as_string(), "a");
  EXPECT_EQ(list.as_list()[1].as_string(), "b");
}

TEST(Ordered, TopNByFloatsOrdersNegatives) {
  const Value n = Value::Int64(4);
  AggregateHarness harness("top_n", 0, {DataType::Int64(), DataType::Int64(), DataType::Float64()},
                           {nullptr, &n, nullptr});
  AggregateHarness::State state(harness);
  harness.Update(state, {IntColumn({0, 1, 2, 3, 4}), FloatColumn({-2.0, -1.0, 0.0, -3.0, 5.0})},
                 RowSet::All(5));
  std::vector<int64_t> top;
  const Value list = harness.Finish(state);
  for (const Value& value : list.as_list()) top.push_back(value.as_int64());
  EXPECT_EQ(top, (std::vector<int64_t>{4, 2, 1, 0}));
}

}  // namespace
}  // namespace weir
