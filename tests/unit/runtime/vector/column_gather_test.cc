#include "runtime/vector/column_gather.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/vector/random_column.h"

namespace weir {
namespace {

ColumnPtr RandomColumn(const DataType& type, uint32_t length, std::mt19937& random) {
  const uint64_t form = random() % 5;
  if (form == 0) return Column::Constant(RandomValue(type, random), length);
  if (form == 1 && type.optional()) return Column::Nulls(type, length);
  const MutableColumnPtr column = Column::Make(type, length);
  for (RowIndex row = 0; row < length; ++row) column->SetValue(row, RandomValue(type, random));
  return column;
}

/// Appends random pieces of random columns and compares with a list of values.
void CheckGather(const DataType& type, bool copy_strings, std::mt19937& random) {
  ColumnGather gather(type, copy_strings);
  for (int round = 0; round < 2; ++round) {  // a gather is empty and usable after Finish
    std::vector<Value> expected;
    for (uint64_t piece = random() % 6; piece > 0; --piece) {
      const ColumnPtr column = RandomColumn(type, 12, random);
      RowIndices rows;
      for (RowIndex row = 0; row < 12; ++row) {
        if (random() % 2 == 0) rows.push_back(row);
      }
      const bool dense = random() % 3 == 0;
      const RowSet set = dense ? RowSet::All(7) : RowSet::Of(rows);
      gather.Append(column.get(), set);
      set.ForEach([&](RowIndex row) { expected.push_back(column->ValueAt(row)); });
      if (random() % 3 == 0) {
        expected.push_back(RandomValue(type, random));
        gather.AppendValue(expected.back());
      }
      if (type.optional() && random() % 3 == 0) {
        gather.Append(nullptr, RowSet::All(3));
        expected.insert(expected.end(), 3, Value::Null(type));
      }
    }
    ASSERT_EQ(gather.size(), expected.size());
    const ColumnPtr result = gather.Finish();
    ASSERT_EQ(result->length(), expected.size());
    for (RowIndex row = 0; row < expected.size(); ++row) {
      ASSERT_EQ(result->ValueAt(row), expected[row]) << type.ToString() << " row " << row;
    }
  }
}

TEST(ColumnGather, RowsThatShareAListCopyItOnce) {
  const DataType type = DataType::List(DataType::Int64());
  const MutableColumnPtr lists = Column::Make(type, 2);
  const Value first = Value(type, Value::List(1'000, Value::Int64(7)));
  const Value second = Value(type, Value::List{Value::Int64(1)});
  lists->SetValue(0, first);
  lists->SetValue(1, second);
  RowIndices rows(500, 0);
  rows.push_back(1);
  rows.push_back(0);
  ColumnGather gather(type, /*copy_strings=*/true);
  gather.Append(lists.get(), RowSet::Of(rows));
  const ColumnPtr result = gather.Finish();
  EXPECT_EQ(result->ValueAt(0), first);
  EXPECT_EQ(result->ValueAt(499), first);
  EXPECT_EQ(result->ValueAt(500), second);
  EXPECT_EQ(result->ValueAt(501), first);
  EXPECT_EQ(result->child(0)->length(), 2'001);
}

TEST(ColumnGather, EveryFormGivesTheAppendedValues) {
  std::mt19937 random(1);
  for (const DataType& type : AllForms()) {
    for (int i = 0; i < 60; ++i) {
      CheckGather(type, i % 2 == 0, random);
      CheckGather(type.AsOptional(), i % 2 == 0, random);
    }
  }
}

TEST(ColumnGather, StaysConstantWhileAllIsTheSame) {
  const ColumnPtr a = Column::Constant(Value::String("a"), 4);
  const ColumnPtr also_a = Column::Constant(Value::String("a"), 4);
  ColumnGather gather(DataType::String(), true);
  gather.Append(a.get(), RowSet::All(4));
  gather.Append(also_a.get(), RowSet::All(2));
  EXPECT_TRUE(gather.Finish()->is_constant());
  gather.Append(a.get(), RowSet::All(4));
  gather.Append(nullptr, RowSet::All(1));
  EXPECT_FALSE(gather.Finish()->is_constant());
}

TEST(ColumnGather, CopiedStringsOutliveTheirSource) {
  ColumnGather gather(DataType::String(), true);
  {
    const MutableColumnPtr column = Column::Make(DataType::String(), 2);
    column->SetValue(0, Value::String(std::string(100, 'x')));
    gather.Append(column.get(), RowSet::All(2));
  }
  const ColumnPtr result = gather.Finish();
  EXPECT_TRUE(result->owners().empty());
  EXPECT_EQ(result->ValueAt(0), Value::String(std::string(100, 'x')));
}

TEST(ColumnGather, ViewedStringsKeepTheirOwners) {
  ColumnGather gather(DataType::String(), false);
  {
    const MutableColumnPtr column = Column::Make(DataType::String(), 2);
    column->SetValue(1, Value::String(std::string(100, 'x')));
    gather.Append(column.get(), RowSet::All(2));
  }
  EXPECT_EQ(gather.Finish()->ValueAt(1), Value::String(std::string(100, 'x')));
}

}  // namespace
}  // namespace weir
