// Blocks are read back by the real engine, whose text is compared with what is written here by
// hand.
#include "runtime/format/native/native_encoder.h"

#include <gmock/gmock.h>

#include "runtime/chdb/chdb_database.h"
#include "runtime/ddl/clickhouse_type_of.h"
#include "tests/unit/runtime/chdb/chdb_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;

ColumnPtr ColumnOf(const DataType& type, const std::vector<Value>& values) {
  MutableColumnPtr column = Column::Make(type, static_cast<uint32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    column->SetValue(static_cast<RowIndex>(i), values[i]);
  }
  return column;
}

Value OfKind(TypeKind kind, int64_t value) { return Value(DataType::Of(kind), value); }

class NativeEncoderTest : public ChdbTest {
 protected:
  void SetUp() override {
    ChdbTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    Result<std::shared_ptr<ChdbDatabase>> database = ChdbDatabase::Open(Folder());
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    database_ = *database;
  }
  void TearDown() override {
    database_.reset();
    ChdbTest::TearDown();
  }

  static std::vector<NativeTarget> Targets(const Schema& schema,
                                           const std::vector<std::string>& types) {
    std::vector<NativeTarget> targets;
    for (size_t i = 0; i < types.size(); ++i) {
      Result<ClickhouseType> type = ParseClickhouseType(types[i]);
      EXPECT_TRUE(type.ok()) << type.status().ToString();
      const int column = static_cast<int>(i);
      targets.push_back({schema.field(column).name, *type, column});
    }
    return targets;
  }

  /// Makes a table of the types, inserts the batches and returns its rows in a format.
  std::string Stored(const std::vector<RecordBatch>& batches, const std::vector<std::string>& types,
                     const std::string& format = "TSV") {
    const Schema& schema = *batches[0].schema();
    std::string columns, names;
    for (size_t i = 0; i < types.size(); ++i) {
      const std::string name = ClickhouseName(schema.field(static_cast<int>(i)).name);
      columns += (i == 0 ? "" : ", ") + name + " " + types[i];
      names += (i == 0 ? "" : ", ") + name;
    }
    const std::string table = "t" + std::to_string(++tables_);
    const Result<std::string> made = database_->Query("CREATE TABLE " + table + " (" + columns +
                                                      ") ENGINE = MergeTree ORDER BY tuple()");
    if (!made.ok()) return made.status().ToString();
    Result<std::unique_ptr<NativeEncoder>> encoder =
        NativeEncoder::Make(schema, Targets(schema, types));
    if (!encoder.ok()) return encoder.status().ToString();
    std::string block;
    refused_.clear();
    const size_t rows = (*encoder)->Encode(batches, block, refused_);
    const Result<uint64_t> inserted = database_->Insert(
        "INSERT INTO " + table + " (" + names + ") SETTINGS async_insert = 0", "Native", block);
    if (!inserted.ok()) return inserted.status().ToString();
    EXPECT_EQ(*inserted, rows);
    const Result<std::string> answer = database_->Query("SELECT * FROM " + table, format);
    return answer.ok() ? *answer : answer.status().ToString();
  }

  /// One column of one batch.
  std::string StoredColumn(const DataType& from, const std::vector<Value>& values,
                           const std::string& type) {
    const SchemaPtr schema = Schema::Make({{"c", from, {}}});
    return Stored(
        {RecordBatch(schema, {ColumnOf(from, values)}, static_cast<uint32_t>(values.size()))},
        {type});
  }

  std::shared_ptr<ChdbDatabase> database_;
  std::vector<NativeRefusal> refused_;
  int tables_ = 0;
};

TEST_F(NativeEncoderTest, Numbers) {
  EXPECT_EQ(StoredColumn(DataType::Int64(), {Value::Int64(-5), Value::Int64(7)}, "Int8"),
            "-5\n7\n");
  EXPECT_EQ(StoredColumn(DataType::Of(TypeKind::kUInt32),
                         {OfKind(TypeKind::kUInt32, 4'294'967'295)}, "UInt32"),
            "4294967295\n");
  EXPECT_EQ(StoredColumn(DataType::Of(TypeKind::kUInt64),
                         {Value(DataType::Of(TypeKind::kUInt64), UINT64_MAX)}, "UInt64"),
            "18446744073709551615\n");
  EXPECT_EQ(StoredColumn(DataType::Int64(), {Value::Int64(-5)}, "Int128"), "-5\n");
  EXPECT_EQ(StoredColumn(DataType::Float64(), {Value::Float64(0.1)}, "Float64"), "0.1\n");
  EXPECT_EQ(StoredColumn(DataType::Of(TypeKind::kFloat32),
                         {Value(DataType::Of(TypeKind::kFloat32), 0.5)}, "Float32"),
            "0.5\n");
  EXPECT_EQ(StoredColumn(DataType::Bool(), {Value::Bool(true), Value::Bool(false)}, "Bool"),
            "true\nfalse\n");
  EXPECT_EQ(StoredColumn(DataType::Bool(), {Value::Bool(true)}, "UInt8"), "1\n");
  EXPECT_EQ(StoredColumn(DataType::Duration(), {Value::Duration(1500)}, "Int64"), "1500\n");
  EXPECT_EQ(
      StoredColumn(DataType::Int64(), {Value::Int64(3)}, "SimpleAggregateFunction(sum, Int64)"),
      "3\n");
}

TEST_F(NativeEncoderTest, Decimals) {
  const DataType money = DataType::Decimal(10, 2);
  EXPECT_EQ(StoredColumn(money, {Value::Decimal(-12345, 10, 2)}, "Decimal(10, 2)"), "-123.45\n");
  EXPECT_EQ(StoredColumn(money, {Value::Decimal(5, 10, 2)}, "Decimal(9, 3)"), "0.05\n");
  EXPECT_EQ(StoredColumn(money, {Value::Decimal(5, 10, 2)}, "Decimal(30, 4)"), "0.05\n");
  const Int128 wide = static_cast<Int128>(1'234'567'890'123'456'789) * 1000 + 1;
  EXPECT_EQ(StoredColumn(DataType::Decimal(30, 3), {Value::Decimal(wide, 30, 3)}, "Decimal(38, 3)"),
            "1234567890123456789.001\n");
  EXPECT_EQ(StoredColumn(DataType::Int64(), {Value::Int64(4)}, "Decimal(5, 2)"), "4\n");
  EXPECT_EQ(StoredColumn(money, {Value::Decimal(5, 10, 2)}, "Float64"), "0.05\n");
  EXPECT_EQ(StoredColumn(DataType::Int64(), {Value::Int64(-7)}, "Int256"), "-7\n");
}

TEST_F(NativeEncoderTest, TimesAndAddresses) {
  EXPECT_EQ(StoredColumn(DataType::Timestamp(), {Value::Timestamp(1'767'225'600'123'456)},
                         "DateTime64(6)"),
            "2026-01-01 00:00:00.123456\n");
  EXPECT_EQ(StoredColumn(DataType::Timestamp(), {Value::Timestamp(-1)}, "DateTime64(3, 'UTC')"),
            "1969-12-31 23:59:59.999\n");
  EXPECT_EQ(StoredColumn(DataType::Timestamp(), {Value::Timestamp(1'500'000)}, "DateTime"),
            "1970-01-01 00:00:01\n");
  EXPECT_EQ(StoredColumn(DataType::Timestamp(), {Value::Timestamp(1'500'000)}, "DateTime64(9)"),
            "1970-01-01 00:00:01.500000000\n");
  const DataType date = DataType::Of(TypeKind::kDate);
  EXPECT_EQ(StoredColumn(date, {OfKind(TypeKind::kDate, 20'454)}, "Date"), "2026-01-01\n");
  EXPECT_EQ(StoredColumn(date, {OfKind(TypeKind::kDate, -1)}, "Date32"), "1969-12-31\n");
  const Fixed16 id{0x0011223344556677, 0x8899aabbccddeeff};
  EXPECT_EQ(StoredColumn(DataType::Uuid(), {Value(DataType::Uuid(), id)}, "UUID"),
            "00112233-4455-6677-8899-aabbccddeeff\n");
  EXPECT_EQ(
      StoredColumn(DataType::Of(TypeKind::kIpv4), {OfKind(TypeKind::kIpv4, 0x0a010203)}, "IPv4"),
      "10.1.2.3\n");
  EXPECT_EQ(
      StoredColumn(DataType::Of(TypeKind::kIpv6),
                   {Value(DataType::Of(TypeKind::kIpv6), Fixed16{0x20010db800000000, 1})}, "IPv6"),
      "2001:db8::1\n");
}

TEST_F(NativeEncoderTest, Texts) {
  const Value text = Value::String("a\tb");
  EXPECT_EQ(StoredColumn(DataType::String(), {text, Value::String("")}, "String"), "a\\tb\n\n");
  EXPECT_EQ(StoredColumn(DataType::String(), {Value::String("ab")}, "FixedString(2)"), "ab\n");
  EXPECT_EQ(
      StoredColumn(DataType::Json(), {Value(DataType::Json(), std::string("{\"a\":1}"))}, "JSON"),
      "{\"a\":1}\n");
  EXPECT_EQ(StoredColumn(DataType::Uuid(), {Value(DataType::Uuid(), Fixed16{0, 1})}, "String"),
            "00000000-0000-0000-0000-000000000001\n");
  const DataType colour = DataType::Enum({"red", "green"});
  const std::vector<Value> colours = {Value(colour, uint16_t{1}), Value(colour, uint16_t{0}),
                                      Value(colour, uint16_t{1})};
  EXPECT_EQ(StoredColumn(colour, colours, "String"), "green\nred\ngreen\n");
  EXPECT_EQ(StoredColumn(colour, colours, "LowCardinality(String)"), "green\nred\ngreen\n");
  EXPECT_EQ(StoredColumn(colour, colours, "Enum8('red' = 3, 'green' = -2)"), "green\nred\ngreen\n");
  EXPECT_EQ(StoredColumn(DataType::String(), {Value::String("a")}, "Enum16('a' = 1000)"), "a\n");
}

TEST_F(NativeEncoderTest, NullsAndDictionaries) {
  const DataType text = DataType::String().AsOptional();
  const std::vector<Value> values = {Value::String("a"), Value::Null(), Value::String(""),
                                     Value::String("a"), Value::String("b")};
  for (const char* type : {"Nullable(String)", "LowCardinality(Nullable(String))"}) {
    EXPECT_EQ(StoredColumn(text, values, type), "a\n\\N\n\na\nb\n") << type;
  }
  EXPECT_EQ(StoredColumn(DataType::Uuid().AsOptional(), {Value::Null()}, "Nullable(UUID)"),
            "\\N\n");
  EXPECT_EQ(
      StoredColumn(DataType::Uuid(), {Value(DataType::Uuid(), Fixed16{})}, "LowCardinality(UUID)"),
      "00000000-0000-0000-0000-000000000000\n");
}

TEST_F(NativeEncoderTest, LargeDictionariesHaveWiderNumbers) {
  for (const uint32_t count : {300u, 70'000u}) {
    MutableColumnPtr column = Column::Make(DataType::String(), count);
    for (uint32_t i = 0; i < count; ++i) {
      column->SetValue(i, Value::String("text " + std::to_string(i)));
    }
    const RecordBatch batch(Schema::Make({{"c", DataType::String(), {}}}), {column}, count);
    Stored({batch}, {"LowCardinality(String)"});
    const Result<std::string> answer =
        database_->Query("SELECT count(), uniqExact(c), max(toUInt32(substring(c, 6))) FROM t" +
                         std::to_string(tables_));
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(*answer, fmt::format("{0}\t{0}\t{1}\n", count, count - 1));
  }
}

TEST_F(NativeEncoderTest, NestedValues) {
  const DataType list = DataType::List(DataType::String().AsOptional());
  const Value first(list, Value::List{Value::String("x"), Value::Null()});
  const Value none(list, Value::List{});
  EXPECT_EQ(StoredColumn(list, {first, none, first}, "Array(Nullable(String))"),
            "['x',NULL]\n[]\n['x',NULL]\n");
  EXPECT_EQ(StoredColumn(DataType::List(DataType::String()),
                         {Value(DataType::List(DataType::String()),
                                Value::List{Value::String("x"), Value::String("x")})},
                         "Array(LowCardinality(String))"),
            "['x','x']\n");
  EXPECT_EQ(StoredColumn(list, {none}, "Array(LowCardinality(Nullable(String)))"), "[]\n");
  const DataType map = DataType::Map(DataType::String(), DataType::Int64());
  const Value entry(map.element(), Value::List{Value::String("k"), Value::Int64(1)});
  EXPECT_EQ(StoredColumn(map, {Value(map, Value::List{entry})}, "Map(String, UInt8)"), "{'k':1}\n");
  const DataType point = DataType::Struct({{"x", DataType::Int64()}, {"y", DataType::String()}});
  const Value at(point, Value::List{Value::Int64(1), Value::String("u")});
  EXPECT_EQ(StoredColumn(point, {at}, "Tuple(y String, x Int8)"), "('u',1)\n");
  EXPECT_EQ(StoredColumn(point, {at}, "Tuple(Int8, String)"), "(1,'u')\n");
  EXPECT_EQ(StoredColumn(point.AsOptional(), {at, Value::Null()}, "Nullable(String)"),
            "{\"x\":1,\"y\":\"u\"}\n\\N\n");
}

TEST_F(NativeEncoderTest, TypesMadeForTheLanguageTakeEveryValue) {
  const DataType list = DataType::List(DataType::Enum({"a", "b"}));
  const std::pair<DataType, Value> cases[] = {
      {DataType::Bool(), Value::Bool(true)},
      {DataType::Decimal(20, 2).AsOptional(), Value::Decimal(150, 20, 2)},
      {DataType::Timestamp(), Value::Timestamp(0)},
      {DataType::Of(TypeKind::kDate).AsOptional(), OfKind(TypeKind::kDate, 0)},
      {DataType::Enum({"a"}).AsOptional(), Value::Null()},
      {list, Value(list, Value::List{Value(DataType::Enum({"a", "b"}), uint16_t{1})})},
      {list.AsOptional(), Value::Null()},
      {DataType::Map(DataType::Timestamp(), DataType::Int64()),
       Value(DataType::Map(DataType::Timestamp(), DataType::Int64()), Value::List{})},
  };
  std::string all;
  for (const auto& [type, value] : cases) {
    all += StoredColumn(type, {value}, ClickhouseTypeOf(type));
  }
  EXPECT_EQ(all, "true\n1.5\n1970-01-01 00:00:00.000000\n1970-01-01\n\\N\n['b']\n\\N\n{}\n");
}

TEST_F(NativeEncoderTest, SeveralBatchesSelectionsAndConstantsAreOneBlock) {
  const SchemaPtr schema =
      Schema::Make({{"n", DataType::Int64(), {}}, {"s", DataType::String().AsOptional(), {}}});
  const auto batch = [&](int64_t from, ColumnPtr text) {
    std::vector<Value> numbers;
    for (int64_t i = 0; i < 4; ++i) numbers.push_back(Value::Int64(from + i));
    return RecordBatch(schema, {ColumnOf(DataType::Int64(), numbers), std::move(text)}, 4);
  };
  const DataType text = DataType::String().AsOptional();
  const RecordBatch first =
      batch(0, Column::Constant(Value(text, std::string("c")), 4)).WithSelection(RowIndices{1, 3});
  const RecordBatch second = batch(10, Column::Nulls(text, 4)).WithSelection(RowIndices{0});
  EXPECT_EQ(Stored({first, second}, {"Int64", "LowCardinality(Nullable(String))"}),
            "1\tc\n3\tc\n10\t\\N\n");
}

TEST_F(NativeEncoderTest, RowsThatDoNotFitAreLeftOutAndNamed) {
  const SchemaPtr schema =
      Schema::Make({{"n", DataType::Int64(), {}}, {"l", DataType::List(DataType::Int64()), {}}});
  const DataType list = DataType::List(DataType::Int64());
  const auto of = [&](int64_t value) {
    return Value(list, Value::List{Value::Int64(1), Value::Int64(value)});
  };
  const RecordBatch batch(
      schema,
      {ColumnOf(DataType::Int64(), {Value::Int64(1), Value::Int64(300), Value::Int64(3)}),
       ColumnOf(list, {of(1), of(2), of(-1)})},
      3);
  EXPECT_EQ(Stored({batch}, {"UInt8", "Array(UInt8)"}), "1\t[1,1]\n");
  ASSERT_EQ(refused_.size(), 2u);
  EXPECT_EQ(refused_[0].row, 1u);
  EXPECT_EQ(refused_[0].message, "column n: 300 does not fit UInt8");
  EXPECT_EQ(refused_[1].row, 2u);
  EXPECT_EQ(refused_[1].message, "column l: -1 does not fit UInt8");
}

TEST(NativeConversions, LimitsOfEachTarget) {
  struct Case {
    DataType from;
    Value value;
    const char* to;
    bool fits;
  };
  const DataType money = DataType::Decimal(10, 2);
  const DataType date = DataType::Of(TypeKind::kDate);
  const Case cases[] = {
      {DataType::Int64(), Value::Int64(-1), "UInt64", false},
      {DataType::Of(TypeKind::kUInt64), Value(DataType::Of(TypeKind::kUInt64), UINT64_MAX), "Int64",
       false},
      {DataType::Int64(), Value::Int64(-128), "Int8", true},
      {DataType::Int64(), Value::Int64(-129), "Int8", false},
      {money, Value::Decimal(99'999, 10, 2), "Decimal(5, 2)", true},
      {money, Value::Decimal(100'000, 10, 2), "Decimal(5, 2)", false},
      {date, OfKind(TypeKind::kDate, -1), "Date", false},
      {date, OfKind(TypeKind::kDate, 65'535), "Date", true},
      {date, OfKind(TypeKind::kDate, 65'536), "Date", false},
      {DataType::Timestamp(), Value::Timestamp(-1), "DateTime", false},
      {DataType::Timestamp(), Value::Timestamp(-2'208'988'800'000'000), "DateTime64(6)", true},
      {DataType::Timestamp(), Value::Timestamp(-2'208'988'800'000'001), "DateTime64(6)", false},
      {DataType::Timestamp(), Value::Timestamp(10'413'791'999'999'999), "DateTime64(6)", true},
      {DataType::Timestamp(), Value::Timestamp(10'413'792'000'000'000), "DateTime64(6)", false},
      {DataType::String(), Value::String("abc"), "FixedString(2)", false},
      {DataType::String(), Value::String("b"), "Enum8('a' = 1)", false},
  };
  for (const Case& c : cases) {
    const SchemaPtr schema = Schema::Make({{"c", c.from, {}}});
    Result<std::unique_ptr<NativeEncoder>> encoder =
        NativeEncoder::Make(*schema, {{"c", *ParseClickhouseType(c.to), 0}});
    ASSERT_TRUE(encoder.ok()) << c.to << encoder.status().ToString();
    const std::vector<RecordBatch> batches = {
        RecordBatch(schema, {ColumnOf(c.from, {c.value})}, 1)};
    std::string out;
    std::vector<NativeRefusal> refused;
    EXPECT_EQ((*encoder)->Encode(batches, out, refused), c.fits ? 1u : 0u)
        << c.value.ToString() << " as " << c.to;
    EXPECT_EQ(refused.empty(), c.fits);
    EXPECT_EQ(out.empty(), !c.fits);
  }
}

TEST(NativeConversions, WhatLosesDigitsOrHasNoPlaceForNullIsRefused) {
  const std::pair<DataType, const char*> cases[] = {
      {DataType::Decimal(10, 2), "Decimal(10, 1)"},
      {DataType::Float64(), "Int64"},
      {DataType::String(), "UUID"},
      {DataType::Timestamp(), "Date"},
      {DataType::String().AsOptional(), "String"},
      {DataType::String().AsOptional(), "LowCardinality(String)"},
      {DataType::List(DataType::Int64()), "Map(String, Int64)"},
      {DataType::Int64(), "AggregateFunction(uniq, UUID)"},
      {DataType::Struct({{"a", DataType::Int64()}}), "Tuple(b Int64)"},
  };
  for (const auto& [from, to] : cases) {
    const SchemaPtr schema = Schema::Make({{"c", from, {}}});
    const auto encoder = NativeEncoder::Make(*schema, {{"c", *ParseClickhouseType(to), 0}});
    ASSERT_FALSE(encoder.ok()) << from.ToString() << " as " << to;
    EXPECT_THAT(encoder.status().message(), HasSubstr("column c: "));
  }
}

}  // namespace
}  // namespace weir
