#include "tests/unit/compiler/optimizer/plan_fixture.h"

namespace weir {
namespace {

using plan::ArithOp;
using testing::HasSubstr;
using testing::Not;

TEST_F(OptimizerTest, FoldsConstantsButKeepsFailingOnes) {
  auto& filter = Filter("s/where", source_, Greater(Col(0), 1));
  filter.condition = plan::MakeBinary(
      plan::ExprKind::kAnd, DataType::Bool(),
      plan::MakeCompare(plan::CompareOp::kLess, Col(0), Arith(ArithOp::kAdd, Lit(2), Lit(3))),
      plan::MakeCompare(plan::CompareOp::kLess, Col(1), Arith(ArithOp::kDivide, Lit(1), Lit(0))));
  Sink("out", filter.id);
  Optimize(plan_);
  EXPECT_EQ(filter.condition->ToString(), "a < 5 and b < 1 / 0");
}

TEST_F(OptimizerTest, DropsFiltersThatAreTrue) {
  auto& filter =
      Filter("s/where", source_, plan::MakeCompare(plan::CompareOp::kLess, Lit(1), Lit(2)));
  auto& sink = Sink("out", filter.id);
  plan_.streams["s"] = {filter.id, 0};
  Optimize(plan_);
  EXPECT_EQ(sink.inputs[0].node, source_);
  EXPECT_EQ(plan_.streams["s"], (plan::InputRef{source_, 0}));
  EXPECT_THAT(plan_.ToString(), Not(HasSubstr("where")));
}

TEST_F(OptimizerTest, OffMeansUntouched) {
  auto& filter = Filter("s/where", source_, plan::MakeLiteral(Value::Bool(true)));
  Sink("out", filter.id);
  std::string before = plan_.ToString();
  Optimize(plan_, {.enabled = false, .off = {}});
  EXPECT_EQ(plan_.ToString(), before);
  Optimize(plan_, {.enabled = true, .off = OptimizerRuleNames()});
  EXPECT_EQ(plan_.ToString(), before);
}

TEST_F(OptimizerTest, MovesFiltersBeforeProjectionsOfColumns) {
  auto& project = Project("s/select", source_, {{"x", Col(1)}, {"y", Col(2)}});
  auto& filter = Filter("s/where", project.id, Greater(Col(0, "x"), 5));
  auto& sink = Sink("out", filter.id);
  Optimize(plan_);
  EXPECT_EQ(sink.inputs[0].node, project.id);
  EXPECT_EQ(project.inputs[0].node, filter.id);
  EXPECT_EQ(filter.inputs[0].node, source_);
  EXPECT_EQ(filter.condition->ToString(), "b > 5");
}

TEST_F(OptimizerTest, FiltersStayBehindWhatCanFailOrIsNamed) {
  auto& failing =
      Project("s/select", source_, {{"x", Col(0)}, {"y", Arith(ArithOp::kDivide, Col(0), Col(1))}});
  auto& one = Filter("s/where", failing.id, Greater(Col(0, "x"), 5));
  Sink("out", one.id);
  auto& named = Project("t/select", source_, {{"x", Col(0)}});
  plan_.streams["t"] = {named.id, 0};
  auto& two = Filter("u/where", named.id, Greater(Col(0, "x"), 5));
  Sink("out2", two.id);
  Optimize(plan_);
  EXPECT_EQ(one.inputs[0].node, failing.id);
  EXPECT_EQ(two.inputs[0].node, named.id);
}

TEST_F(OptimizerTest, FiltersNeverCrossADedupe) {
  auto& dedupe = Add<plan::DedupeNode>("s/seen", {{source_, 0}}, schema_);
  dedupe.keys = {Col(0)};
  dedupe.within = kMicrosPerSecond;
  auto& filter = Filter("s/where", dedupe.id, Greater(Col(1), 5));
  Sink("out", filter.id);
  Optimize(plan_);
  EXPECT_EQ(filter.inputs[0].node, dedupe.id);
  EXPECT_EQ(dedupe.inputs[0].node, source_);
}

TEST_F(OptimizerTest, EqualStagesRunOnceAndLabelsStay) {
  plan::NodeId one = Filter("s/where", source_, Greater(Col(0), 5)).id;
  plan::NodeId two = Filter("t/where", source_, Greater(Col(0), 5)).id;
  plan::NodeId other = Filter("v/where", source_, Greater(Col(0), 6)).id;
  plan::NodeId labelled = Filter("u/expensive", source_, Greater(Col(0), 5)).id;
  auto& x = Sink("x", one);
  auto& y = Sink("y", two);
  auto& z = Sink("z", labelled);
  auto& v = Sink("v", other);
  Optimize(plan_);
  for (const plan::SinkNode* sink : {&x, &y, &z}) EXPECT_EQ(sink->inputs[0].node, labelled);
  EXPECT_EQ(v.inputs[0].node, other);
  EXPECT_EQ(plan_.nodes[static_cast<size_t>(one)], nullptr);
  EXPECT_EQ(plan_.nodes[static_cast<size_t>(two)], nullptr);
}

TEST_F(OptimizerTest, SourcesMakeOnlyTheColumnsThatAreRead) {
  auto& filter = Filter("s/where", source_, Greater(Col(2), 5));
  auto& project = Project("s/select", filter.id, {{"x", Col(2)}, {"y", Lit(1)}});
  Sink("out", project.id);
  Optimize(plan_);
  auto& source = static_cast<plan::SourceNode&>(plan_.at(source_));
  EXPECT_EQ(source.schema->ToString(), "{c: int64}");
  EXPECT_EQ(source.decode.fields[0].output, -1);
  EXPECT_EQ(source.decode.fields[1].output, -1);
  EXPECT_EQ(source.decode.fields[2].output, 0);
  EXPECT_EQ(filter.schema->num_fields(), 1);
  EXPECT_EQ(filter.condition->children[0]->index, 0);
  EXPECT_EQ(project.exprs[0]->index, 0);
  // A second run finds nothing more to do.
  std::string once = plan_.ToString();
  Optimize(plan_);
  EXPECT_EQ(plan_.ToString(), once);
}

TEST_F(OptimizerTest, TimeKeyRoutesAndTapsKeepTheirColumns) {
  auto& source = static_cast<plan::SourceNode&>(plan_.at(source_));
  source.time.time = Col(1);
  auto& filter = Filter("s/where", source_, Greater(Col(2), 5));
  filter.error.kind = plan::Route::Kind::kTo;
  filter.error.shape = plan::Route::Shape::kFields;
  filter.error.fields = {0, -1};
  auto& project = Project("s/select", filter.id, {{"x", Col(2)}});
  Sink("out", project.id);
  Optimize(plan_);
  EXPECT_EQ(source.schema->num_fields(), 3);
  filter.error = {};
  Optimize(plan_);
  EXPECT_EQ(source.schema->ToString(), "{b: int64, c: int64}");
  EXPECT_EQ(source.time.time->index, 0);
}

TEST_F(OptimizerTest, DeadLettersBehindAnExchangeNeedTheWholeRow) {
  auto& dedupe = Add<plan::DedupeNode>("s/seen", {{source_, 0}}, schema_);
  dedupe.keys = {Col(0)};
  dedupe.duplicate.kind = plan::Route::Kind::kTo;
  auto& project = Project("s/select", dedupe.id, {{"x", Col(0)}});
  Sink("out", project.id);
  Optimize(plan_);
  EXPECT_EQ(plan_.at(source_).schema->num_fields(), 3);
  dedupe.duplicate.kind = plan::Route::Kind::kDiscard;
  Optimize(plan_);
  EXPECT_EQ(plan_.at(source_).schema->num_fields(), 1);
}

TEST_F(OptimizerTest, RegistersOfStateProgramsMoveAlong) {
  auto& process = Add<plan::ProcessNode>("s/process", {{source_, 0}},
                                         Schema::Make({{"n", DataType::Int64(), {}}}));
  plan::StateProgram& program = process.program;
  program.keys = {Col(2)};
  program.registers = {.events = 3, .keys = 1, .states = 1, .lets = 0};
  program.fields = {{"n", DataType::Int64(), Value::Int64(0), {}, {}}};
  plan::Statement add;
  add.target = program.registers.state(0);
  add.value = Arith(ArithOp::kAdd, Col(program.registers.state(0), "n"), Col(1));
  program.on_event = {add};
  program.output = {Col(program.registers.state(0), "n")};
  Sink("out", process.id);
  Optimize(plan_);
  EXPECT_EQ(plan_.at(source_).schema->ToString(), "{b: int64, c: int64}");
  EXPECT_EQ(program.registers.events, 2);
  EXPECT_EQ(program.keys[0]->index, 1);
  EXPECT_EQ(program.on_event[0].target, program.registers.state(0));
  EXPECT_EQ(program.on_event[0].value->children[0]->index, program.registers.state(0));
  EXPECT_EQ(program.on_event[0].value->children[1]->index, 0);
  EXPECT_EQ(program.output[0]->index, program.registers.state(0));
}

TEST_F(OptimizerTest, FewKeysArePreAggregated) {
  static_cast<plan::SourceNode&>(plan_.at(source_)).time.watermark = plan::WatermarkKind::kLag;
  AggregateDef count{.name = "count", .doc = "", .overloads = {}, .examples = {}};
  auto aggregate = [&](const std::string& name, DataType key) -> plan::AggregateNode& {
    auto& node = Add<plan::AggregateNode>(name, {{source_, 0}},
                                          Schema::Make({{"n", DataType::Int64(), {}}}));
    node.keys = {plan::MakeColumn(0, "a", key)};
    node.window.kind = plan::WindowKind::kTumbling;
    node.emit.on_close = true;
    plan::AggregateCall call;
    call.name = "n";
    call.function = &count;
    node.aggregates = {call};
    Sink(name + "_out", node.id);
    return node;
  };
  auto& few = aggregate("few/aggregate", DataType::Enum({"x", "y"}));
  auto& many = aggregate("many/aggregate", DataType::Int64());
  auto& updating = aggregate("updating/aggregate", DataType::Bool());
  updating.emit.on_update = true;
  Optimize(plan_);
  EXPECT_TRUE(few.pre_aggregate);
  EXPECT_FALSE(many.pre_aggregate);
  EXPECT_FALSE(updating.pre_aggregate);
  EXPECT_EQ(few.name, "few/aggregate");
}

TEST_F(OptimizerTest, RowsOfIdleWorkersAreNotPreAggregated) {
  auto& source = static_cast<plan::SourceNode&>(plan_.at(source_));
  source.time.watermark = plan::WatermarkKind::kLag;
  source.time.idle = kMicrosPerSecond;
  auto& node = Add<plan::AggregateNode>("few/aggregate", {{source_, 0}},
                                        Schema::Make({{"n", DataType::Int64(), {}}}));
  node.keys = {plan::MakeColumn(0, "a", DataType::Bool())};
  node.window.kind = plan::WindowKind::kTumbling;
  node.emit.on_close = true;
  Sink("out", node.id);
  Optimize(plan_);
  EXPECT_FALSE(node.pre_aggregate);
  source.time.idle_advance = true;
  Optimize(plan_);
  EXPECT_TRUE(node.pre_aggregate);
}

}  // namespace
}  // namespace weir
