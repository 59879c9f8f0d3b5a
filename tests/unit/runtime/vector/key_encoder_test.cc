#include "runtime/vector/key_encoder.h"

#include <gtest/gtest.h>

#include <limits>

#include "runtime/base/hash.h"
#include "tests/unit/runtime/vector/random_column.h"

namespace weir {
namespace {

constexpr uint32_t kRows = 40;

ColumnPtr RandomColumn(const DataType& type, std::mt19937& random) {
  const MutableColumnPtr column = Column::Make(type, kRows);
  for (RowIndex row = 0; row < kRows; ++row) column->SetValue(row, RandomValue(type, random));
  return column;
}

/// Keys are equal exactly when all values are, hashes follow the bytes, decoding gives them back.
void CheckKeys(const std::vector<DataType>& types, std::mt19937& random) {
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> pointers;
  for (const DataType& type : types) {
    columns.push_back(RandomColumn(type, random));
    pointers.push_back(columns.back().get());
  }
  KeyEncoder encoder(types);
  encoder.Encode(pointers, RowSet::All(kRows), kRows);
  const auto equal = [&](RowIndex a, RowIndex b) {
    for (const ColumnPtr& column : columns) {
      if (!(column->ValueAt(a) == column->ValueAt(b))) return false;
    }
    return true;
  };
  std::vector<std::string_view> keys;
  for (RowIndex a = 0; a < kRows; ++a) {
    keys.push_back(encoder.key(a));
    ASSERT_EQ(encoder.hash(a), HashBytes(encoder.key(a)));
    for (RowIndex b = 0; b < kRows; ++b) {
      ASSERT_EQ(encoder.key(a) == encoder.key(b), equal(a, b)) << types[0].ToString();
    }
  }
  const std::vector<ColumnPtr> decoded = KeyEncoder::Decode(types, keys);
  for (size_t i = 0; i < types.size(); ++i) {
    for (RowIndex row = 0; row < kRows; ++row) {
      ASSERT_EQ(decoded[i]->ValueAt(row), columns[i]->ValueAt(row)) << types[i].ToString();
    }
  }
}

TEST(KeyEncoder, BytesAreEqualExactlyWhenKeysAre) {
  std::mt19937 random(1);
  const std::vector<DataType> forms = AllForms();
  for (const DataType& a : forms) {
    CheckKeys({a}, random);
    CheckKeys({a.AsOptional()}, random);
    for (const DataType& b : forms) CheckKeys({a, b.AsOptional(), a.AsOptional()}, random);
  }
}

TEST(KeyEncoder, KeysDontDependOnRowsOrEncoding) {
  const DataType type = DataType::String();
  const ColumnPtr constant = Column::Constant(Value::String("k"), 10);
  const ColumnPtr flat = Column::Flatten(constant);
  KeyEncoder a({type});
  KeyEncoder b({type});
  const RowIndices rows = {3, 7};
  a.Encode({constant.get()}, RowSet::Of(rows), 10);
  b.Encode({flat.get()}, RowSet::All(10), 10);
  EXPECT_EQ(a.key(7), b.key(0));
  EXPECT_EQ(a.hash(3), b.hash(9));
}

TEST(KeyEncoder, EnumKeysSurviveAnEditOfTheEnum) {
  const DataType before = DataType::Enum({"a", "b"});
  const DataType after = DataType::Enum({"x", "b", "a"});
  KeyEncoder old_encoder({before});
  KeyEncoder new_encoder({after});
  old_encoder.Encode({Column::Constant(Value(before, uint16_t{1}), 1).get()}, RowSet::All(1), 1);
  new_encoder.Encode({Column::Constant(Value(after, uint16_t{1}), 1).get()}, RowSet::All(1), 1);
  EXPECT_EQ(old_encoder.key(0), new_encoder.key(0));
  const DataType gone = DataType::Enum({"x"});
  EXPECT_TRUE(KeyEncoder::Decode({gone}, {old_encoder.key(0)})[0]->ValueAt(0).is_null());
}

TEST(KeyEncoder, ZerosAndNansAreOneKeyEach) {
  const MutableColumnPtr column = Column::Make(DataType::Float64(), 4);
  double* values = column->mutable_data<double>();
  values[0] = 0.0;
  values[1] = -0.0;
  values[2] = std::numeric_limits<double>::quiet_NaN();
  values[3] = -std::numeric_limits<double>::signaling_NaN();
  for (const DataType& type :
       {DataType::Float64(), DataType::Struct({{"f", DataType::Float64()}})}) {
    const ColumnPtr key =
        type.is_float() ? ColumnPtr(column) : Column::MakeStruct(type, 4, {column});
    KeyEncoder encoder({type});
    encoder.Encode({key.get()}, RowSet::All(4), 4);
    EXPECT_EQ(encoder.key(0), encoder.key(1));
    EXPECT_EQ(encoder.key(2), encoder.key(3));
    EXPECT_NE(encoder.key(0), encoder.key(2));
  }
}

// Stored state depends on these bytes.
TEST(KeyEncoder, FormOnDiskIsFixed) {
  const std::vector<DataType> types = {DataType::Int64().AsOptional(), DataType::String()};
  const ColumnPtr number = Column::Constant(Value::Int64(258), 1);
  const ColumnPtr text = Column::Constant(Value::String("ab"), 1);
  KeyEncoder encoder(types);
  encoder.Encode({number.get(), text.get()}, RowSet::All(1), 1);
  const char expected[] = "\x01\x02\x01\0\0\0\0\0\0\x02\0\0\0ab";
  EXPECT_EQ(encoder.key(0), std::string_view(expected, sizeof(expected) - 1));
}

TEST(KeyEncoder, NoColumnsAreOneKey) {
  KeyEncoder encoder({});
  encoder.Encode({}, RowSet::All(3), 3);
  EXPECT_EQ(encoder.key(0), encoder.key(2));
  EXPECT_EQ(encoder.hash(0), encoder.hash(2));
}

}  // namespace
}  // namespace weir
