#include "runtime/types/text.h"
#include "tests/unit/runtime/eval/eval_fixture.h"

namespace weir {
namespace {

using plan::ExprKind;
using testing::ElementsAre;
using testing::HasSubstr;

const DataType kInt = DataType::Int64();
const DataType kJson = DataType::Json();
const DataType kMaybeJson = DataType::Json().AsOptional();

plan::ExprPtr In(plan::ExprPtr child, std::vector<Value> values, bool negated = false) {
  auto expr = std::make_shared<plan::Expr>();
  expr->kind = ExprKind::kInList;
  expr->type = DataType::Bool().WithOptional(child->type.optional());
  expr->children = {std::move(child)};
  expr->values = std::move(values);
  expr->negated = negated;
  return expr;
}

plan::ExprPtr Pattern(ExprKind kind, plan::ExprPtr child, const char* pattern) {
  auto expr = std::make_shared<plan::Expr>();
  expr->kind = kind;
  expr->type = DataType::Bool().WithOptional(child->type.optional());
  expr->children = {std::move(child)};
  expr->value = Value::String(pattern);
  return expr;
}

TEST(JsonAccess, MembersAreFoundOrNull) {
  auto column = Texts(kJson, {R"({"a": {"b": 1.50}, "c": [1, "x"]})", R"({"a": null})", "{}",
                              R"({ "\u0061" : {"b":"q"}})"});
  auto a = Member(Col(0, kJson), "a", kMaybeJson);
  EXPECT_THAT(RunAll(a, {column}), ElementsAre(R"({"b": 1.50})", "null", "null", R"({"b":"q"})"));
  EXPECT_THAT(RunAll(Member(a, "b", kMaybeJson), {column}),
              ElementsAre("1.50", "null", "null", "\"q\""));
}

TEST(JsonAccess, ScalarsAndRubbishFail) {
  auto column = Texts(kJson, {"5", "null", "{\"a\" 1}", "[1]"});
  EXPECT_THAT(RunAll(Member(Col(0, kJson), "a", kMaybeJson), {column}),
              ElementsAre(HasSubstr("which is a number"), "null", HasSubstr("malformed"),
                          HasSubstr("which is an array")));
}

TEST(JsonAccess, ElementsByIndexAndKey) {
  auto column = Texts(kJson, {R"([10, [20, 30], null])"});
  auto at = [](int64_t index) {
    return Node(ExprKind::kIndex, kMaybeJson, {Col(0, kJson), Lit(index)});
  };
  EXPECT_EQ(RunOne(at(0), {column}), "10");
  EXPECT_EQ(RunOne(at(1), {column}), "[20, 30]");
  EXPECT_EQ(RunOne(at(2), {column}), "null");
  EXPECT_EQ(RunOne(at(3), {column}), "null");
  EXPECT_EQ(RunOne(at(-1), {column}), "null");
  auto key = Node(ExprKind::kIndex, kMaybeJson, {Col(0, kJson), Lit("k")});
  EXPECT_EQ(RunOne(key, {Texts(kJson, {R"({"k": true})"})}), "true");
}

TEST(Lists, IndexFromZeroElseNull) {
  DataType list = DataType::List(kInt);
  Value value(list, Value::List{Value::Int64(5), Value::Int64(6)});
  auto column = Flat(list, {value, Value(list, Value::List{})});
  auto at = [&](int64_t index) {
    return Node(ExprKind::kIndex, kInt.AsOptional(), {Col(0, list), Lit(index)});
  };
  EXPECT_THAT(RunAll(at(1), {column}), ElementsAre("6", "null"));
  EXPECT_THAT(RunAll(at(-1), {column}), ElementsAre("null", "null"));
}

TEST(Maps, ValueOfAKeyElseNull) {
  DataType map = DataType::Map(DataType::String(), kInt);
  DataType entry = map.element();
  Value value(map, Value::List{Value(entry, Value::List{Value::String("a"), Value::Int64(1)}),
                               Value(entry, Value::List{Value::String("b"), Value::Int64(2)})});
  auto at = [&](const char* key) {
    return Node(ExprKind::kIndex, kInt.AsOptional(), {Lit(value), Lit(key)});
  };
  EXPECT_EQ(RunOne(at("b")), "2");
  EXPECT_EQ(RunOne(at("c")), "null");
  EXPECT_EQ(RunOne(Node(ExprKind::kContains, DataType::Bool(), {Lit("a"), Lit(value)})), "true");
}

TEST(Structs, FieldsOfOptionalStructs) {
  DataType row = DataType::Struct({{"x", kInt}, {"y", DataType::String()}}).AsOptional();
  Value value(row, Value::List{Value::Int64(4), Value::String("t")});
  auto column = Flat(row, {value, Value::Null(row)});
  EXPECT_THAT(RunAll(Member(Col(0, row), "y", DataType::String().AsOptional(), 1), {column}),
              ElementsAre("\"t\"", "null"));
}

TEST(Structs, MadeOfColumnsAndConstants) {
  DataType row = DataType::Struct({{"x", kInt}, {"l", DataType::List(DataType::String())}});
  auto list = Node(ExprKind::kMakeList, DataType::List(DataType::String()),
                   {Lit("a"), Cast(Col(0, kInt), DataType::String())});
  EXPECT_THAT(RunAll(Node(ExprKind::kMakeStruct, row, {Col(0, kInt), list}), {Ints({1, 2})}),
              ElementsAre(R"({"x":1,"l":["a","1"]})", R"({"x":2,"l":["a","2"]})"));
}

TEST(Membership, ShortAndLongLists) {
  std::vector<Value> values;
  for (int64_t i = 0; i < 20; i += 2) values.push_back(Value::Int64(i));
  EXPECT_THAT(RunAll(In(Col(0, kInt), values), {Ints({4, 5})}), ElementsAre("true", "false"));
  EXPECT_THAT(RunAll(In(Col(0, kInt), {Value::Int64(5)}, true), {Ints({4, 5})}),
              ElementsAre("true", "false"));
  EXPECT_EQ(RunOne(In(Lit("b"), {Value::String("a"), Value::String("b")})), "true");
  DataType tier = DataType::Enum({"gold", "silver"});
  EXPECT_EQ(RunOne(In(Lit(Value(tier, uint16_t{1})), {Value::String("silver")})), "true");
  // A value that the column's type can't hold equals no row.
  DataType money = DataType::Decimal(10, 2);
  EXPECT_EQ(RunOne(In(Lit(Value::Decimal(150, 10, 2)),
                      {Value::Decimal(15, 5, 1), Value::Decimal(1501, 10, 3)})),
            "true");
  (void)money;
}

TEST(Membership, RangesIncludeBothEnds) {
  auto expr =
      Node(ExprKind::kInRange, DataType::Bool(), {Col(0, kInt), Lit(int64_t{1}), Lit(int64_t{3})});
  EXPECT_THAT(RunAll(expr, {Ints({0, 1, 3, 4})}), ElementsAre("false", "true", "true", "false"));
}

TEST(Text, LikePatterns) {
  auto like = [](const char* text, const char* pattern) {
    return RunOne(Pattern(ExprKind::kLike, Lit(text), pattern));
  };
  EXPECT_EQ(like("hello", "hello"), "true");
  EXPECT_EQ(like("hello", "he%"), "true");
  EXPECT_EQ(like("hello", "%lo"), "true");
  EXPECT_EQ(like("hello", "%ell%"), "true");
  EXPECT_EQ(like("hello", "h%l%o"), "true");
  EXPECT_EQ(like("hello", "h_llo"), "true");
  EXPECT_EQ(like("hällo", "h_llo"), "true");
  EXPECT_EQ(like("hello", "h_lo"), "false");
  EXPECT_EQ(like("ab", "%a_"), "true");
  EXPECT_EQ(like("aab", "%_b"), "true");
  EXPECT_EQ(like("100%", "100\\%"), "true");
  EXPECT_EQ(like("1000", "100\\%"), "false");
  EXPECT_EQ(like("", "%"), "true");
  EXPECT_EQ(like("a", ""), "false");
  EXPECT_EQ(like("aXbXb", "a%b"), "true");
  EXPECT_EQ(like("ab", "ab%b"), "false");
}

TEST(Text, RegularExpressionsMatchAnywhere) {
  EXPECT_EQ(RunOne(Pattern(ExprKind::kMatches, Lit("https://x"), "^https?://")), "true");
  EXPECT_EQ(RunOne(Pattern(ExprKind::kMatches, Lit("xhttps://x"), "^https?://")), "false");
  EXPECT_THAT(RunOne(Pattern(ExprKind::kMatches, Lit("x"), "(")),
              HasSubstr("compile: \"(\" is no regular expression"));
}

TEST(Text, FormatConcatenatesTexts) {
  auto expr = Node(ExprKind::kFormat, DataType::String(),
                   {Lit("user:"), Col(0, kInt), Lit(" at "), Lit(Value::Duration(1'000'000))});
  EXPECT_THAT(RunAll(expr, {Ints({7})}), ElementsAre("\"user:7 at 1s\""));
}

}  // namespace
}  // namespace weir
