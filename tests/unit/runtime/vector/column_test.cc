#include "runtime/vector/column.h"

#include <gtest/gtest.h>

#include "runtime/vector/column_gather.h"
#include "tests/unit/runtime/vector/random_column.h"

namespace weir {
namespace {

TEST(Column, KeepsWhatIsSet) {
  std::mt19937 random(1);
  for (const DataType& base : AllForms()) {
    const DataType type = base.AsOptional();
    const MutableColumnPtr column = Column::Make(type, 20);
    std::vector<Value> expected(20, Value::Null(type));
    for (int i = 0; i < 60; ++i) {
      const auto row = static_cast<RowIndex>(random() % 20);
      expected[row] = RandomValue(type, random);
      column->SetValue(row, expected[row]);
      EXPECT_EQ(column->ValueAt(row), expected[row]) << type.ToString();
    }
  }
}

TEST(Column, ConstantsReadAlikeFlatAndConstant) {
  std::mt19937 random(2);
  for (const DataType& base : AllForms()) {
    for (int i = 0; i < 10; ++i) {
      const Value value = RandomValue(base.AsOptional(), random);
      const ColumnPtr constant = Column::Constant(value, 5);
      const ColumnPtr flat = Column::Flatten(constant);
      EXPECT_TRUE(constant->is_constant());
      EXPECT_FALSE(flat->is_constant());
      for (RowIndex row = 0; row < 5; ++row) {
        EXPECT_EQ(constant->ValueAt(row), value) << base.ToString();
        EXPECT_EQ(flat->ValueAt(row), value) << base.ToString();
      }
    }
  }
}

TEST(Column, RetypeSharesValues) {
  const MutableColumnPtr column = Column::Make(DataType::Int64().AsOptional(), 3);
  const ColumnPtr retyped = Column::Retype(column, DataType::Timestamp());
  EXPECT_EQ(retyped->data<int64_t>(), column->data<int64_t>());
  EXPECT_EQ(retyped->type(), DataType::Timestamp());
}

TEST(Column, EmptyColumnsHaveAddresses) {
  for (const DataType& type : AllForms()) EXPECT_EQ(Column::Make(type, 0)->length(), 0U);
  EXPECT_TRUE(Column::Nulls(DataType::Null(), 3)->ValueAt(2).is_null());
}

TEST(StringArena, AddressesStayValid) {
  StringArena arena(16);
  std::vector<std::string_view> texts;
  for (int i = 0; i < 1000; ++i) {
    texts.push_back(
        arena.Copy(std::string(static_cast<size_t>(i % 50), static_cast<char>(i % 26 + 'a'))));
  }
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(texts[static_cast<size_t>(i)],
              std::string(static_cast<size_t>(i % 50), static_cast<char>(i % 26 + 'a')));
  }
}

}  // namespace
}  // namespace weir
