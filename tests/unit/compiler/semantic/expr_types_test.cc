#include <gtest/gtest.h>

#include "tests/unit/compiler/semantic/declare_checked_text.h"

namespace weir::semantic {
namespace {

constexpr const char* kRow = R"(pipeline p
type Tier = enum("bronze", "silver", "gold")
type Money = decimal(10, 2)
schema R {
  i8: int8  i32: int32  i64: int64  u32: uint32  u64: uint64
  f32: float32  f64: float64  price: Money  big: decimal(30, 10)
  discount: Money?  name: string  note: string?  id: uuid  ip: ipv4?
  at: timestamp  seen: timestamp?  day: date  gap: duration
  tier: Tier  old_tier: Tier?  ok: bool  maybe: bool?
  tags: list<string>  attrs: map<string, int64>  props: json
  geo: struct { country: string? city: string }?
  size: struct { w: int32 h: int32 }
}
fn ratio(part: int64, whole: int64) -> float64 =
  if whole == 0 then 0e0 else to_float(part) / to_float(whole)
fn amount_of(properties: json) -> Money = try cast(properties.amount as decimal(10, 2)) ?? 0.00
fn twice(x: int64, by: int64 = 2) = x * by
)";

struct Case {
  const char* text;
  const char* expected;  ///< the type, or the codes that are reported
};

class ExprTypes : public testing::TestWithParam<Case> {};

TEST_P(ExprTypes, GivesTypeOrReports) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(kRow), "");
  ASSERT_EQ(checked.Report(), "");
  plan::ExprPtr expr = checked.Bind(GetParam().text, "R");
  std::string got = checked.Codes().empty() ? expr->type.ToString() : checked.Codes();
  EXPECT_EQ(got, GetParam().expected) << GetParam().text << "\n" << checked.Report();
}

INSTANTIATE_TEST_SUITE_P(
    Literals, ExprTypes,
    testing::Values(Case{"1", "int64"}, Case{"18446744073709551615", "uint64"},
                    Case{"10.50", "decimal(4, 2)"}, Case{"1e0", "float64"}, Case{"'a'", "string"},
                    Case{"30m", "duration"}, Case{"@2026-01-01", "timestamp"},
                    Case{"1MiB", "int64"}, Case{"[1, 2]", "list<int64>"}, Case{"-5", "int64"},
                    Case{"[1, 'a']", "F0214"}, Case{"f\"a{i64}b{name}\"", "string"},
                    Case{"f\"{note}\"", "string?"}, Case{"f\"{tags}\"", "F0201"}));

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, ExprTypes,
    testing::Values(
        Case{"i8 + i32", "int32"}, Case{"u32 + i32", "int64"}, Case{"i32 * 2", "int32"},
        Case{"u32 - 1", "uint32"}, Case{"i64 / 2", "int64"}, Case{"f32 + f32", "float32"},
        Case{"f32 + 1", "float32"}, Case{"f64 + i64", "float64"}, Case{"f64 * 1.5", "float64"},
        Case{"price + price", "decimal(11, 2)"}, Case{"price * 2", "decimal(12, 2)"},
        Case{"u32 * price", "decimal(21, 2)"}, Case{"price + f64", "F0204"},
        Case{"price - discount", "decimal(11, 2)?"}, Case{"-price", "decimal(10, 2)"},
        Case{"name + name", "F0204"}, Case{"at - at", "duration"}, Case{"at + 10m", "timestamp"},
        Case{"at - seen", "duration?"}, Case{"gap * 2", "duration"}, Case{"gap / gap", "F0204"},
        Case{"at + 5", "F0204"}, Case{"day + 1d", "timestamp"}, Case{"day - day", "duration"},
        Case{"props.x + 1", "F0204"}, Case{"-u32", "int64"}, Case{"-name", "F0204"}));

INSTANTIATE_TEST_SUITE_P(
    Comparisons, ExprTypes,
    testing::Values(
        Case{"i32 == 5", "bool"}, Case{"u32 > -1", "bool"}, Case{"price <= 0.01", "bool"},
        Case{"price > 0", "bool"}, Case{"price > f64", "F0204"}, Case{"f64 > 0.5", "bool"},
        Case{"discount > 5.00", "bool?"}, Case{"discount == 5.00", "bool"},
        Case{"note == 'x'", "bool"}, Case{"tier == 'gold'", "bool"},
        Case{"tier == 'golden'", "F0203"}, Case{"tier == gold", "F0107"},
        Case{"tier < 'gold'", "bool"}, Case{"id == 'x'", "F0203"},
        Case{"id == '11111111-1111-1111-1111-111111111111'", "bool"},
        Case{"ip == '10.0.0.1'", "bool"}, Case{"at > @2026-01-01", "bool"},
        Case{"at > '2026-01-01T00:00:00Z'", "bool"}, Case{"day == @2026-01-01", "bool"},
        Case{"day == at", "F0204"}, Case{"gap < 1h", "bool"}, Case{"ok < true", "F0204"},
        Case{"props.x == 'a'", "F0204"}, Case{"name == 5", "F0204"}, Case{"note == null", "bool"},
        Case{"name == null", "W0201"}, Case{"u64 == i64", "bool"}, Case{"size == size", "bool"}));

INSTANTIATE_TEST_SUITE_P(
    Tests, ExprTypes,
    testing::Values(Case{"note is null", "bool"}, Case{"name is not null", "W0201"},
                    Case{"maybe is true", "bool"}, Case{"i32 in 0..600_000", "bool"},
                    Case{"i32 in [1, 2]", "bool"}, Case{"tier in ['gold']", "bool"},
                    Case{"tier in ['x']", "F0203"}, Case{"discount in [1, 2]", "bool?"},
                    Case{"name in tags", "bool"}, Case{"'a' in attrs", "bool"},
                    Case{"'a' in name", "F0204"}, Case{"name in [note, 'x']", "bool"},
                    Case{"name like 'a%'", "bool"}, Case{"note like 'a%'", "bool?"},
                    Case{"name matches r\"^a\"", "bool"}, Case{"name matches r\"(\"", "F0217"},
                    Case{"name like note", "F0215"}, Case{"name like name", "F0207"},
                    Case{"i64 like 'a'", "F0201"}));

INSTANTIATE_TEST_SUITE_P(
    Logic, ExprTypes,
    testing::Values(Case{"ok and i32 > 1", "bool"}, Case{"ok and discount > 1", "F0211"},
                    Case{"not maybe", "F0211"}, Case{"i32 and ok", "F0201"},
                    Case{"discount is not null and discount > 1", "bool"},
                    Case{"discount is null or discount > 1", "bool"},
                    Case{"discount is null and discount > 1", "F0211"},
                    Case{"(discount > 1) ?? false", "bool"},
                    Case{"not (discount is null) and discount > 1", "bool"},
                    Case{"note == 'x' and note like 'x%'", "bool"},
                    Case{"geo?.country is not null and geo.country like 'd%'", "bool"}));

INSTANTIATE_TEST_SUITE_P(
    Forms, ExprTypes,
    testing::Values(
        Case{"note ?? 'none'", "string"}, Case{"old_tier ?? 'gold'", "Tier"},
        Case{"old_tier ?? 'x'", "F0203"}, Case{"name ?? 'x'", "W0201"},
        Case{"note ?? note ?? 'x'", "string"}, Case{"discount ?? 0", "decimal(10, 2)"},
        Case{"if ok then 1 else 2", "int64"}, Case{"if ok then price else 0", "decimal(10, 2)"},
        Case{"if ok then 'a' else 1", "F0214"}, Case{"if ok then i32 else null", "int32?"},
        Case{"if note is null then 'x' else upper(note)", "string"},
        Case{"match tier { 'gold' -> 1 else -> 2 }", "int64"},
        Case{"match tier { 'gold' -> 1 }", "F0208"},
        Case{"match tier { 'gold', 'silver' -> 1 'bronze' -> 2 }", "int64"},
        Case{"match tier { 'gold' -> 1 'gold' -> 3 else -> 2 }", "F0209"},
        Case{"match old_tier { 'gold', 'silver', 'bronze' -> 1 }", "F0208"},
        Case{"match old_tier { null -> 'x' else -> f\"{old_tier}\" }", "string"},
        Case{"match i32 { 1..9 -> 'few' else -> 'many' }", "string"},
        Case{"match ok { true -> 1 false -> 2 }", "int64"}, Case{"cast(name as int64)", "int64"},
        Case{"cast(note as int64)", "int64?"}, Case{"try cast(name as int64)", "int64?"},
        Case{"try i64", "W0202"}, Case{"cast(gap as int64)", "F0213"},
        Case{"try i64 / i32", "F0212"}, Case{"try (i64 / i32)", "int64?"},
        Case{"try cast(props.a as int64) ?? 1", "int64"},
        Case{"{a: 1, b: name}", "struct{a: int64, b: string}"},
        Case{"size with {w: 3}", "struct{w: int32, h: int32}"}, Case{"size with {z: 3}", "F0107"}));

INSTANTIATE_TEST_SUITE_P(Access, ExprTypes,
                         testing::Values(Case{"nme", "F0107"}, Case{"geo.country", "F0210"},
                                         Case{"geo?.country", "string?"},
                                         Case{"geo?.city ?? 'x'", "string"},
                                         Case{"size.w", "int32"}, Case{"size?.w", "W0201"},
                                         Case{"size.x", "F0107"}, Case{"props.a", "json?"},
                                         Case{"props.a.b[0]", "json?"}, Case{"tags[0]", "string?"},
                                         Case{"attrs['a']", "int64?"}, Case{"attrs.a", "F0227"},
                                         Case{"name[0]", "F0204"}, Case{"name.upper()", "F0108"},
                                         Case{"$x", "F0101"}));

INSTANTIATE_TEST_SUITE_P(
    Calls, ExprTypes,
    testing::Values(
        Case{"upper(name)", "string"}, Case{"upper(note)", "string?"},
        Case{"upper(tier)", "string"}, Case{"upper(5)", "F0205"}, Case{"uper(name)", "F0108"},
        Case{"upper()", "F0205"}, Case{"abs(i32)", "int64"}, Case{"abs(price)", "decimal(10, 2)"},
        Case{"abs(f64)", "float64"}, Case{"substring(name, 1)", "string"},
        Case{"substring(name, 1, length: 3)", "string"}, Case{"substring(name, 1, 3)", "F0205"},
        Case{"substring(name, 1, size: 3)", "F0205"}, Case{"concat(name, 'x', note)", "string?"},
        Case{"pick(name, 'a')", "string"}, Case{"pick(name, name)", "F0205"},
        Case{"greater(i32, i64)", "int64"}, Case{"greater(tier, 'gold')", "Tier"},
        Case{"ratio(i64, 5)", "float64"}, Case{"ratio(i32, u32)", "float64"},
        Case{"ratio(price, 1)", "F0205"}, Case{"amount_of(props)", "decimal(10, 2)"},
        Case{"twice(i64)", "int64"}, Case{"twice(1, by: 3)", "int64"}, Case{"count()", "F0222"},
        Case{"env('X')", "F0225"}, Case{"ingest_time()", "timestamp"}));

TEST(ExprConversion, LiteralsTakeTheExpectedType) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(kRow), "");
  DataType map = DataType::Map(DataType::String(), DataType::Int64());
  EXPECT_EQ(checked.Bind("{}", "R", map)->type, map);
  EXPECT_EQ(checked.Bind("{a: 1}", "R", map)->value.as_list().size(), 1u);
  EXPECT_EQ(checked.Bind("[]", "R", DataType::List(DataType::String()))->type.ToString(),
            "list<string>");
  EXPECT_EQ(checked.Bind("{}", "R", DataType::Json())->type.ToString(), "json");
  EXPECT_EQ(checked.Bind("null", "R", DataType::Int64().AsOptional())->type.ToString(), "int64?");
  EXPECT_EQ(checked.Bind("5", "R", DataType::Of(TypeKind::kUInt8))->value.as_int64(), 5);
  EXPECT_EQ(checked.Bind("i32", "R", DataType::Decimal(12, 2))->type.ToString(), "decimal(12, 2)");
  EXPECT_EQ(checked.Report(), "");
}

TEST(ExprConversion, RefusesWhatDoesNotFit) {
  const std::pair<const char*, DataType> cases[] = {{"300", DataType::Of(TypeKind::kUInt8)},
                                                    {"1.234", DataType::Decimal(4, 2)},
                                                    {"i64", DataType::Of(TypeKind::kInt32)},
                                                    {"note", DataType::String()},
                                                    {"'x'", DataType::Int64()},
                                                    {"price", DataType::Float64()},
                                                    {"null", DataType::Int64()}};
  const char* codes[] = {"F0202", "F0202", "F0201", "F0215", "F0201", "F0201", "F0215"};
  for (size_t i = 0; i < std::size(cases); ++i) {
    CheckedText checked;
    ASSERT_EQ(checked.Build(kRow), "");
    checked.Bind(cases[i].first, "R", cases[i].second);
    EXPECT_EQ(checked.Codes(), codes[i]) << cases[i].first;
  }
}

TEST(ExprAggregates, FilterConstantsAndEmptiness) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(kRow), "");
  plan::AggregateCall count = checked.BindAggregate("count(where tier == 'gold')", "R");
  EXPECT_EQ(count.type.ToString(), "int64");
  ASSERT_NE(count.filter, nullptr);
  plan::AggregateCall share = checked.BindAggregate("percentile(discount, 0.95)", "R");
  EXPECT_EQ(share.type.ToString(), "decimal(10, 2)?");
  ASSERT_EQ(share.arguments.size(), 1u);
  ASSERT_TRUE(share.constants[1].has_value());
  EXPECT_DOUBLE_EQ(share.constants[1]->as_float64(), 0.95);
  EXPECT_EQ(checked.Report(), "");
  checked.BindAggregate("sum(price) + 1", "R");
  EXPECT_EQ(checked.Codes(), "F0226");
}

TEST(ExprMessages, ConditionThatMayBeNull) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(kRow), "");
  ExprBinder(checked.catalog())
      .BindBool(checked.ParseExpr("discount > 5.00"), checked.ScopeOf("R"), "where");
  EXPECT_EQ(checked.Report(),
            "F0211 this condition may be null\n"
            "  here: `discount` is decimal(10, 2)?\n"
            "  note: rows without `discount` would disappear here without a word\n"
            "  help: say which you mean: `where (discount ?? 0.00) > 5.00`\n"
            "  help: or: `where discount is not null and discount > 5.00`\n");
}

TEST(ExprMessages, EnumValueWithSuggestion) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(kRow), "");
  checked.Bind("tier == 'silber'", "R");
  EXPECT_EQ(checked.Report(),
            "F0203 \"silber\" is not a Tier\n"
            "  here: did you mean \"silver\"?\n"
            "  note: values: bronze, silver, gold\n");
}

}  // namespace
}  // namespace weir::semantic
