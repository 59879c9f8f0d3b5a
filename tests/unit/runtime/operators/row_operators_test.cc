// Operators that hand rows on: each row has exactly one fate, whatever the batches.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/dead_letter_schema.h"
#include "compiler/plan/row_nodes.h"
#include "runtime/operators/lookup_table.h"
#include "runtime/operators/operator_factory.h"
#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

SchemaPtr InputSchema() {
  static const SchemaPtr schema = Schema::Make({{"id", DataType::Int64(), {}},
                                                {"text", DataType::String(), {}},
                                                {"tags", DataType::List(DataType::Int64()), {}}});
  return schema;
}

std::vector<TestRow> Rows(int64_t count) {
  std::vector<TestRow> rows;
  for (int64_t i = 0; i < count; ++i) {
    Value::List tags;
    for (int64_t t = 0; t < i % 4; ++t) tags.push_back(Value::Int64(i * 10 + t));
    rows.push_back({{Value::Int64(i), Value::String(i % 5 == 4 ? "x" : std::to_string(i * 2)),
                     Value(DataType::List(DataType::Int64()), std::move(tags))},
                    i * 1000});
  }
  return rows;
}

OperatorHarness::Make Maker(const plan::LogicalNode& node, OperatorResources resources = {}) {
  return [&node, resources] { return std::move(*MakeOperator(node, resources, 0)); };
}

plan::Route To(int port) {
  plan::Route route;
  route.kind = plan::Route::Kind::kTo;
  route.port = port;
  return route;
}

plan::ExprPtr Id() { return Col(0, DataType::Int64(), "id"); }
plan::ExprPtr Number() { return ToInt(Col(1, DataType::String(), "text")); }

std::vector<int64_t> Ids(const std::vector<EmittedRow>& rows, int port) {
  std::vector<int64_t> ids;
  for (const EmittedRow& row : rows) {
    if (row.port == port) ids.push_back(row.values[0].as_int64());
  }
  return ids;
}

class RowOperatorsTest : public testing::TestWithParam<uint32_t> {};

TEST_P(RowOperatorsTest, FilterKeepsWhatIsTrueAndRoutesWhatFails) {
  plan::FilterNode node;
  node.name = "s/where";
  node.schema = InputSchema();
  node.condition = Compare(plan::CompareOp::kGreater, Number(), Lit(Value::Int64(20)));
  node.error = To(1);
  node.route_schemas = {plan::DeadLetterSchema()};
  OperatorHarness harness(Maker(node), InputSchema(), GetParam());
  harness.Process(Rows(30));
  std::vector<int64_t> expected;
  for (int64_t i = 11; i < 30; ++i) {
    if (i % 5 != 4) expected.push_back(i);
  }
  EXPECT_EQ(Ids(harness.emitted(), 0), expected);
  const Ledger& ledger = harness.op().ledger();
  EXPECT_EQ(ledger.routed, 6);
  EXPECT_EQ(ledger.dead_lettered.at("cast"), 6);
}

TEST_P(RowOperatorsTest, ProjectEvaluatesAndRoutesWhatFails) {
  plan::ProjectNode node;
  node.name = "s/select";
  node.schema = Schema::Make({{"id", DataType::Int64(), {}}, {"n", DataType::Int64(), {}}});
  node.exprs = {Id(), Add(Number(), Id())};
  node.error = Discard("bad");
  OperatorHarness harness(Maker(node), InputSchema(), GetParam());
  harness.Process(Rows(30));
  EXPECT_EQ(harness.emitted().size(), 24U);
  for (const EmittedRow& row : harness.emitted()) {
    EXPECT_EQ(row.values[1].as_int64(), row.values[0].as_int64() * 3);
  }
  EXPECT_EQ(harness.op().ledger().discarded.at("bad"), 6);
}

TEST_P(RowOperatorsTest, ValidateNamesEveryBrokenRule) {
  plan::ValidateNode node;
  node.name = "s/rules";
  node.schema = InputSchema();
  node.rules = {{"small", Compare(plan::CompareOp::kLess, Id(), Lit(Value::Int64(20))), "", false},
                {"tiny", Compare(plan::CompareOp::kLess, Id(), Lit(Value::Int64(10))), "", false},
                {"even", Compare(plan::CompareOp::kLess, Id(), Lit(Value::Int64(5))), "", true}};
  node.otherwise = To(1);
  node.route_schemas = {plan::DeadLetterSchema()};
  OperatorHarness harness(Maker(node), InputSchema(), GetParam());
  harness.Process(Rows(30));
  EXPECT_EQ(Ids(harness.emitted(), 0).size(), 10U);
  size_t both = 0;
  for (const EmittedRow& row : harness.emitted()) {
    if (row.port == 1) both += row.values[1].as_list().size() == 2 ? 1 : 0;
  }
  EXPECT_EQ(both, 10U);
  const Ledger& ledger = harness.op().ledger();
  EXPECT_EQ(ledger.dead_lettered.at("small"), 10);
  EXPECT_EQ(ledger.dead_lettered.at("tiny"), 10);
  EXPECT_EQ(ledger.gauges.at("warn:even"), 25);
}

TEST_P(RowOperatorsTest, RouteTakesTheFirstArmThatHolds) {
  plan::RouteNode node;
  node.name = "s/route";
  node.schema = InputSchema();
  node.route_schemas = {InputSchema(), InputSchema()};
  const auto arm = [&](int64_t below, int port) {
    plan::Route route = To(port);
    route.shape = plan::Route::Shape::kFields;
    route.fields = {0, 1, 2};
    node.arms.push_back({Compare(plan::CompareOp::kLess, Id(), Lit(Value::Int64(below))), route});
  };
  arm(5, 1);
  arm(12, 2);
  OperatorHarness harness(Maker(node), InputSchema(), GetParam());
  harness.Process(Rows(30));
  EXPECT_EQ(Ids(harness.emitted(), 1).size(), 5U);
  EXPECT_EQ(Ids(harness.emitted(), 2).size(), 7U);
  EXPECT_EQ(Ids(harness.emitted(), 0).size(), 18U);
}

TEST_P(RowOperatorsTest, FlattenGivesARowPerElement) {
  plan::FlattenNode node;
  node.name = "s/flatten";
  std::vector<Field> fields = InputSchema()->fields();
  fields.push_back({"tag", DataType::Int64(), {}});
  node.schema = Schema::Make(std::move(fields));
  node.list = Col(2, DataType::List(DataType::Int64()));
  OperatorHarness harness(Maker(node), InputSchema(), GetParam());
  harness.Process(Rows(30));
  std::vector<int64_t> tags, expected;
  for (const EmittedRow& row : harness.emitted()) tags.push_back(row.values[3].as_int64());
  for (int64_t i = 0; i < 30; ++i) {
    for (int64_t t = 0; t < i % 4; ++t) expected.push_back(i * 10 + t);
  }
  EXPECT_EQ(tags, expected);
  EXPECT_EQ(harness.op().ledger().discarded.at("empty list"), 8);
}

TEST_P(RowOperatorsTest, LimitPerKeySurvivesARestart) {
  plan::LimitNode node;
  node.name = "s/limit";
  node.schema = InputSchema();
  node.count = 3;
  node.per = {
      plan::MakeArith(plan::ArithOp::kModulo, DataType::Int64(), Id(), Lit(Value::Int64(4)))};
  node.error = Discard("bad");
  OperatorHarness harness(Maker(node), InputSchema(), GetParam());
  const std::vector<TestRow> rows = Rows(30);
  harness.Process({rows.begin(), rows.begin() + 7});
  harness.Snapshot();
  harness.Restore();
  harness.Process({rows.begin() + 7, rows.end()});
  std::vector<int64_t> expected(12);
  for (size_t i = 0; i < 12; ++i) expected[i] = static_cast<int64_t>(i);
  EXPECT_EQ(Ids(harness.emitted(), 0), expected);
  EXPECT_EQ(harness.op().ledger().discarded.at("limit"), 18);
}

TEST_P(RowOperatorsTest, SampleTakesTheSameRowsEveryTime) {
  plan::SampleNode node;
  node.name = "s/sample";
  node.schema = InputSchema();
  node.share = 0.25;
  OperatorHarness whole(Maker(node), InputSchema(), 2048);
  OperatorHarness parts(Maker(node), InputSchema(), GetParam());
  const std::vector<TestRow> rows = Rows(1000);
  whole.Process(rows);
  parts.Process(rows);
  EXPECT_EQ(Ids(whole.emitted(), 0), Ids(parts.emitted(), 0));
  EXPECT_NEAR(static_cast<double>(whole.emitted().size()), 250, 60);
}

TEST_P(RowOperatorsTest, LookupAddsWhatTheTableHas) {
  const SchemaPtr table_schema =
      Schema::Make({{"id", DataType::Int64(), {}}, {"tier", DataType::String(), {}}});
  std::vector<TestRow> table_rows;
  for (int64_t i = 0; i < 30; i += 3) {
    table_rows.push_back(
        {{Value::Int64(i), Value::String("a-tier-of-some-length-" + std::to_string(i))}});
  }
  auto versions = std::make_shared<LookupTableVersions>();
  versions->Replace(std::make_shared<const LookupTable>(MakeTestBatch(table_schema, table_rows),
                                                        std::vector<int>{0}));
  OperatorResources resources;
  resources.table = [versions](const std::string&) { return versions; };
  const DataType row =
      DataType::Struct({{"id", DataType::Int64()}, {"tier", DataType::String()}}).AsOptional();
  auto tier = std::make_shared<plan::Expr>();
  tier->kind = plan::ExprKind::kField;
  tier->type = DataType::String().AsOptional();
  tier->index = 1;
  tier->children = {Col(3, row)};
  plan::LookupNode node;
  node.name = "s/lookup";
  node.table = "users";
  node.keys = {Id()};
  node.schema = Schema::Make({{"id", DataType::Int64(), {}}, {"tier", DataType::String(), {}}});
  node.exprs = {Id(), plan::MakeBinary(plan::ExprKind::kCoalesce, DataType::String(), tier,
                                       Lit(Value::String("unknown")))};
  OperatorHarness harness(Maker(node, resources), InputSchema(), GetParam());
  harness.Process(Rows(30));
  ASSERT_EQ(harness.emitted().size(), 30U);
  for (const EmittedRow& out : harness.emitted()) {
    const int64_t id = out.values[0].as_int64();
    EXPECT_EQ(out.values[1].as_string(),
              id % 3 == 0 ? "a-tier-of-some-length-" + std::to_string(id) : "unknown");
  }
}

INSTANTIATE_TEST_SUITE_P(Batches, RowOperatorsTest, testing::Values(1U, 3U, 2048U));

}  // namespace
}  // namespace weir
