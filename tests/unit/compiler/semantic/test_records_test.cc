#include "compiler/semantic/test_records.h"

#include <gtest/gtest.h>

namespace weir::semantic {
namespace {

class TestRecordsTest : public testing::Test {
 protected:
  TestRecordsTest() {
    const DataType tags = DataType::List(DataType::String());
    decode_.fields = {{"n", DataType::Int64(), {}, nullptr, "", 0},
                      {"name", DataType::String().AsOptional(), {}, nullptr, "", 1},
                      {"at", DataType::Timestamp(), {}, nullptr, "", 2},
                      {"kind", DataType::Enum({"a,b", "c"}), {}, nullptr, "", 3},
                      {"tags", tags, {}, nullptr, "", 4}};
    type_ = DataType::Struct({{"n", DataType::Int64()},
                              {"name", DataType::String()},
                              {"kind", DataType::Enum({"a,b", "c"})},
                              {"tags", tags}});
    const Value tag(DataType::String(), std::string("x"));
    row_ = Value(type_, Value::List{Value::Int64(7), Value::String("say \"hi\", all"),
                                    Value(type_.fields()[2].type, uint16_t{0}),
                                    Value(tags, Value::List{tag})});
  }

  plan::DecodeSpec decode_;
  DataType type_;
  Value row_;
};

TEST_F(TestRecordsTest, JsonHasTheGivenFieldsOnly) {
  EXPECT_EQ(EncodeGiven(row_, decode_),
            R"({"n":7,"name":"say \"hi\", all","kind":"a,b","tags":["x"]})");
}

TEST_F(TestRecordsTest, CsvHasEveryFieldInTheOrderOfTheSchema) {
  decode_.format = "csv";
  EXPECT_EQ(EncodeGiven(row_, decode_), R"(7,"say ""hi"", all",,"a,b","[""x""]")");
  decode_.format_options.Set("separator", Value::String(";"));
  decode_.format_options.Set("null", Value::String("NULL"));
  EXPECT_EQ(EncodeGiven(row_, decode_), R"(7;"say ""hi"", all";NULL;a,b;"[""x""]")");
}

TEST_F(TestRecordsTest, RawIsTheBytesOfItsField) {
  decode_.format = "raw";
  decode_.fields = {{"line", DataType::String(), {}, nullptr, "", 0}};
  const Value row(DataType::Struct({{"line", DataType::String()}}),
                  Value::List{Value::String("a \"b\"\tc")});
  EXPECT_EQ(EncodeGiven(row, decode_), "a \"b\"\tc");
}

}  // namespace
}  // namespace weir::semantic
