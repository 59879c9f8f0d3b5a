// Any split of the rows, any tree of merges and any number of saved forms give the same result.
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/unit/stdlib/aggregate/aggregate_harness.h"

namespace weir {
namespace {

using StatePtr = std::unique_ptr<AggregateHarness::State>;

struct Input {
  std::vector<ColumnPtr> columns;
  ColumnPtr times;
  ColumnPtr order;
};

Value InOneGo(AggregateHarness& harness, const Input& input) {
  AggregateHarness::State state(harness);
  harness.Update(state, input.columns, RowSet::All(input.times->length()), input.times.get(),
                 input.order.get());
  return harness.Finish(state);
}

/// Rows dealt to some states at random, in a random order, merged pair by pair at random.
Value InPieces(AggregateHarness& harness, const Input& input, std::mt19937_64& random) {
  RowIndices rows(input.times->length());
  std::iota(rows.begin(), rows.end(), 0);
  std::shuffle(rows.begin(), rows.end(), random);
  std::vector<StatePtr> states;
  const size_t pieces = 1 + random() % 7;
  for (size_t i = 0; i < pieces; ++i) {
    states.push_back(std::make_unique<AggregateHarness::State>(harness));
  }
  for (RowIndex row : rows) {
    const RowIndices one = {row};
    harness.Update(*states[random() % pieces], input.columns, RowSet::Of(one), input.times.get(),
                   input.order.get());
  }
  while (states.size() > 1) {
    std::shuffle(states.begin(), states.end(), random);
    harness.Merge(*states[0], *states.back());
    states.pop_back();
    auto restored = std::make_unique<AggregateHarness::State>(harness);
    EXPECT_TRUE(harness.Load(harness.Save(*states[0]), *restored).ok());
    EXPECT_EQ(harness.Save(*restored), harness.Save(*states[0]));
    states[0] = std::move(restored);
  }
  return harness.Finish(*states[0]);
}

void ExpectSameInPieces(AggregateHarness& harness, const Input& input) {
  std::mt19937_64 random(7);
  const std::string whole = InOneGo(harness, input).ToString();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(InPieces(harness, input, random).ToString(), whole);
  }
}

/// Several rows share a time, and a few of those a position too.
Input RandomInput(uint32_t count, std::vector<ColumnPtr> columns) {
  std::mt19937_64 random(count);
  std::vector<int64_t> times, order;
  for (uint32_t i = 0; i < count; ++i) {
    times.push_back(static_cast<int64_t>(random() % (count / 2 + 1)));
    order.push_back(static_cast<int64_t>(random() % 4));
  }
  return {std::move(columns), IntColumn(times, DataType::Timestamp()), IntColumn(order)};
}

ColumnPtr RandomInts(uint32_t count, int64_t range) {
  std::mt19937_64 random(count + 1);
  std::vector<Value> values;
  for (uint32_t i = 0; i < count; ++i) {
    const auto number = static_cast<int64_t>(random() % static_cast<uint64_t>(2 * range)) - range;
    values.push_back(i % 11 == 3 ? Value::Null() : Value::Int64(number));
  }
  return ColumnOf(DataType::Int64().AsOptional(), values);
}

ColumnPtr RandomTexts(uint32_t count) {
  std::mt19937_64 random(count + 2);
  std::vector<std::string> values;
  for (uint32_t i = 0; i < count; ++i) values.push_back("text " + std::to_string(random() % 50));
  return TextColumn(values);
}

TEST(Merge, CountSumAvgMinMax) {
  const Input input = RandomInput(300, {RandomInts(300, 1000)});
  for (const char* name : {"sum", "avg", "min", "max"}) {
    SCOPED_TRACE(name);
    AggregateHarness harness(name, 0, {DataType::Int64()});
    ExpectSameInPieces(harness, input);
  }
  AggregateHarness count("count", 1, {DataType::Int64()});
  ExpectSameInPieces(count, input);
}

TEST(Merge, DistinctCounts) {
  for (uint32_t rows : {0u, 1u, 2u, 400u, 6000u}) {
    SCOPED_TRACE(rows);
    const Input input = RandomInput(rows, {RandomInts(rows, 1'000'000)});
    AggregateHarness approximate("approx_distinct", 0, {DataType::Int64()});
    ExpectSameInPieces(approximate, input);
  }
  AggregateHarness exact("count_distinct", 0, {DataType::String()});
  ExpectSameInPieces(exact, RandomInput(400, {RandomTexts(400)}));
}

TEST(Merge, Percentiles) {
  const Value p90 = Value::Float64(0.9);
  for (uint32_t rows : {0u, 1u, 100u, 3000u}) {
    SCOPED_TRACE(rows);
    AggregateHarness harness("percentile", 0, {DataType::Int64(), DataType::Float64()},
                             {nullptr, &p90});
    ExpectSameInPieces(harness, RandomInput(rows, {RandomInts(rows, 5000)}));
  }
}

TEST(Merge, OrderedAggregates) {
  const Input input = RandomInput(200, {RandomTexts(200)});
  for (const char* name : {"first", "last"}) {
    SCOPED_TRACE(name);
    AggregateHarness harness(name, 0, {DataType::String()});
    ExpectSameInPieces(harness, input);
  }
  const Value limit = Value::Int64(7);
  AggregateHarness collect("collect", 0, {DataType::String(), DataType::Int64()},
                           {nullptr, &limit});
  ExpectSameInPieces(collect, input);
  AggregateHarness top("top_n", 0, {DataType::String(), DataType::Int64(), DataType::Int64()},
                       {nullptr, &limit, nullptr});
  ExpectSameInPieces(top, RandomInput(200, {RandomTexts(200), RandomInts(200, 20)}));
}

TEST(Merge, StddevUpToRounding) {
  const Input input = RandomInput(500, {RandomInts(500, 1000)});
  AggregateHarness harness("stddev", 0, {DataType::Int64()});
  std::mt19937_64 random(3);
  const double whole = InOneGo(harness, input).as_float64();
  EXPECT_NEAR(InPieces(harness, input, random).as_float64(), whole, whole * 1e-12);
}

TEST(Merge, DamagedBytesAreRefused) {
  for (const char* name : {"sum", "avg", "min", "approx_distinct", "count_distinct", "first"}) {
    SCOPED_TRACE(name);
    AggregateHarness harness(name, 0, {DataType::Int64()});
    AggregateHarness::State state(harness), target(harness), other(harness);
    harness.Update(state, {IntColumn({1, 2, 3})}, RowSet::All(3));
    std::string saved = harness.Save(state);
    EXPECT_FALSE(harness.Load(saved.substr(0, saved.size() - 1), target).ok());
    saved[0] = 99;
    EXPECT_FALSE(harness.Load(saved, other).ok());
  }
}

}  // namespace
}  // namespace weir
