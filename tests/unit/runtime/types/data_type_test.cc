#include "runtime/types/data_type.h"

#include <gtest/gtest.h>

#include "runtime/types/schema.h"

namespace weir {
namespace {

TEST(DataType, TextIsWhatTheLanguageHas) {
  EXPECT_EQ(DataType::Decimal(10, 2).AsOptional().ToString(), "decimal(10, 2)?");
  EXPECT_EQ(DataType::Map(DataType::String(), DataType::List(DataType::Int64())).ToString(),
            "map<string, list<int64>>");
  EXPECT_EQ(DataType::Enum({"a", "b\"c"}).ToString(), "enum(\"a\", \"b\\\"c\")");
  EXPECT_EQ(DataType::Enum({"a"}, "Tier").ToString(), "Tier");
  EXPECT_EQ(DataType::Struct({{"a", DataType::Bool()}}).ToString(), "struct{a: bool}");
}

TEST(DataType, EqualityIsStructural) {
  EXPECT_EQ(DataType::Enum({"a"}, "X"), DataType::Enum({"a"}, "Y"));
  EXPECT_NE(DataType::Enum({"a"}), DataType::Enum({"b"}));
  EXPECT_NE(DataType::Int64(), DataType::Int64().AsOptional());
  EXPECT_TRUE(DataType::Int64().SameBase(DataType::Int64().AsOptional()));
  EXPECT_NE(DataType::List(DataType::Int64()), DataType::List(DataType::Int64().AsOptional()));
  EXPECT_NE(DataType::Decimal(10, 2), DataType::Decimal(10, 3));
}

TEST(DataType, DecimalsAbove18DigitsAreWide) {
  EXPECT_EQ(DataType::Decimal(18, 0).physical(), Physical::kInt64);
  EXPECT_EQ(DataType::Decimal(19, 0).physical(), Physical::kInt128);
}

TEST(DataType, FindsEnumValuesInSmallAndLargeEnums) {
  for (const int count : {3, 300}) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back("Value" + std::to_string(i));
    const DataType exact = DataType::Enum(values);
    const DataType any_case = DataType::Enum(values, "", true);
    EXPECT_EQ(exact.EnumCode(values.back()), count - 1);
    EXPECT_EQ(exact.EnumCode("vALUE1"), std::nullopt);
    EXPECT_EQ(any_case.EnumCode("vALUE1"), 1);
    EXPECT_EQ(any_case.EnumCode("nothing"), std::nullopt);
  }
}

TEST(DataType, FindsFieldsInSmallAndLargeStructs) {
  for (const int count : {3, 40}) {
    std::vector<StructField> fields;
    for (int i = 0; i < count; ++i) fields.push_back({"f" + std::to_string(i), DataType::Bool()});
    const DataType type = DataType::Struct(fields);
    EXPECT_EQ(type.FieldIndex("f2"), 2);
    EXPECT_EQ(type.FieldIndex("g"), std::nullopt);
  }
}

TEST(Schema, FindsFieldsByName) {
  const SchemaPtr schema = Schema::Make({{"a", DataType::Bool(), {}}, {"b", DataType::Json(), {}}});
  EXPECT_EQ(schema->IndexOf("b"), 1);
  EXPECT_EQ(schema->IndexOf("c"), std::nullopt);
  EXPECT_EQ(schema->ToString(), "{a: bool, b: json}");
}

}  // namespace
}  // namespace weir
